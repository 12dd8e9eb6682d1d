// A bank that survives a power failure at every moment, by a write-ahead log.
//
// What shall become of the accounts is first written beside them. One sector, the commit record,
// then decides: before it is on the platter nothing has happened, afterwards everything has. The
// barriers keep the disk from writing in another order.
#include "bank.h"

// Does what a committed log says. This is the second half of every transfer, and what begins each
// boot; to do it twice is as good as once.
static void
replay(void)
{
  if (get(journal, COMMIT) == 0) return;
  put(accounts, A, get(journal, A)); //@step install-a
  put(accounts, B, get(journal, B)); //@step install-b
  barrier();
  put(journal, COMMIT, 0); //@step clear
  barrier();
}

static void
transfer(int amount)
{
  put(journal, A, get(accounts, A) - amount); //@step log-a
  put(journal, B, get(accounts, B) + amount); //@step log-b
  barrier();
  put(journal, COMMIT, 1); //@step commit
  barrier();               //@step committed
  replay();
}

int
main(int argc, char **argv)
{
  bank_open();
  replay(); //@step recover
  return bank_open_for_business(amount_of(argc, argv), transfer);
}
