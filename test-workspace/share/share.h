// What owner and borrower agree on.
#define BORROW 1 // reply: word 1 is the slot of the owner that is offered, word 2 the rights
#define CHANGE 2 // the owner writes something else into the page
#define REVOKE 3 // the owner takes the page back
#define STOP   4
