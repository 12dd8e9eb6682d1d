// What alice and bob answer to. Anything else is nonsense to them.
#define LEND  1 // alice: lends her page to whoever asks, to be read; word 1 is her slot
#define OFFER 2 // alice: offers her other page to bob; word 1 is her slot
#define END   3 // look whether all is well, say so, and end
