// What client and server agree on. The kernel knows nothing of it: it carries registers.
#define PING 1 // word 1: a number; the reply's word 1: its successor
#define STOP 2 // the server ends, without a reply
