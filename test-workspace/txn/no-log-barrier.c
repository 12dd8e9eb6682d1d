// The bank of bank.c, and the store with one function replaced: transactions are called durable
// when they are written, though the disk may still have them in its cache only. And the table may
// reach the platter before the log does.
#include "bank.c"

int
txn_log_barrier(struct txn_store *store)
{
  (void)store;
  return TXN_NO_BARRIER; //@step missing
}
