// The bank of bank.c, and the store with one function replaced: the log is written over, though the
// superblock on the platter may still say that it is needed. A boot then repeats the first part of
// an old log on a newer table.
#include "bank.c"

int
txn_superblock_barrier(struct txn_store *store)
{
  (void)store;
  return TXN_NO_BARRIER; //@step missing
}
