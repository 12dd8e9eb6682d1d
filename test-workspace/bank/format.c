// Lays out an empty bank: 100 in each account, nothing in the log. Run with `exo run --disk-out
// accounts.img`, it makes the image that the banks begin with.
#include "bank.h"

int
main(void)
{
  bank_open();
  put(accounts, A, 100); //@step account
  put(accounts, B, 100);
  for (uint32_t record = A; record <= COMMIT; record++) put(journal, record, 0);
  barrier(); //@step barrier
  return 0;
}
