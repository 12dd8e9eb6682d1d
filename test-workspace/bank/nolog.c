// A bank without a log. The barriers keep the two writes in order; what they cannot do is make one
// of them.
#include "bank.h"

static void
transfer(int amount)
{
  int a = get(accounts, A) - amount;
  int b = get(accounts, B) + amount;

  put(accounts, A, a); //@step take
  barrier();           //@step between
  put(accounts, B, b); //@step give
  barrier();
}

int
main(int argc, char **argv)
{
  bank_open();
  return bank_open_for_business(amount_of(argc, argv), transfer);
}
