// A bank whose log is in the wrong order: the commit record is written before what it commits. As
// long as the power stays nobody can tell.
#include "bank.h"

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
  int a = get(accounts, A) - amount;
  int b = get(accounts, B) + amount;

  put(journal, COMMIT, 1); //@step commit
  put(journal, A, a);      //@step log-a
  put(journal, B, b);      //@step log-b
  barrier();
  replay();
}

int
main(int argc, char **argv)
{
  bank_open();
  replay(); //@step recover
  return bank_open_for_business(amount_of(argc, argv), transfer);
}
