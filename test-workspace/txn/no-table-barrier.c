// The bank of bank.c, and the store with one function replaced: the superblock says that the log is
// not needed any more, though the table may not be on the platter yet.
#include "bank.c"

int
txn_table_barrier(struct txn_store *store)
{
  (void)store;
  return TXN_NO_BARRIER; //@step missing
}
