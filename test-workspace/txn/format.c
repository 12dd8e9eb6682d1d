// Lays out the bank: an empty store, and a deposit in each account, in one transaction. Run with
// `exo run --disk-out bank.img`, it makes the image that the banks begin with.
#include "bank.h"

int
main(void)
{
  int extent = must(extent_open(0, SECTORS), "the bank's extent"), t;
  struct txn_store *store;

  must(txn_format(extent, &txn_raw, LOG_SECTORS), "format"); //@step format
  must(txn_open(extent, &txn_raw, &store), "open");
  t = must(txn_begin(store), "begin");
  for (int i = 0; i < ACCOUNTS; i++) put(store, t, account(i), DEPOSIT);
  put(store, t, "transfers", 0);
  must(txn_commit(store, t), "commit"); //@step deposit
  must(txn_checkpoint(store), "checkpoint");
  return 0;
}
