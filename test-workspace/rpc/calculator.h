// What the calculator does: the first word says what, the others are for it.
#define ADD  1 // the sum of two words
#define RING 2 // opens a ring: the client's slot there, ours back; then pairs of numbers, and their sums
#define SUM  3 // the sum of the words of a page that is offered: its slot

#define NAME "calculator"
