// Checkpoints: the table on the disk catches up, and then the log is not needed any more.
//
//   log      all that the table in memory has is in the log on the platter
//   -------- barrier (the last commit's)
//   table    its sectors are written over, in any order
//   -------- barrier
//   super-   the log begins here
//   block
//   -------- barrier
//   log      what lies before that may be written over
//
// Where the power fails, the next boot finds either superblock. With the old one it repeats the old
// log on a table that may have any of its changes already; with the new one there is nothing to
// repeat.
#include "store.h"

EXO_API int
txn_table_barrier(struct txn_store *store)
{
  return store->device->barrier(store->extent);
}

EXO_API int
txn_superblock_barrier(struct txn_store *store)
{
  return store->device->barrier(store->extent);
}

static int
wait(struct txn_store *store, int barrier)
{
  int error = barrier < 0 ? barrier : store->device->wait(barrier);

  return error < 0 ? store_failed(store, error) : 0;
}

// What comes after the log is durable: brings the table to the disk, and says that the log begins
// with the sector of this number.
EXO_API int
checkpoint_finish(struct txn_store *store, uint64_t sequence)
{
  // The sector that goes to the disk; what the store believes changes when it is there.
  static struct superblock sector __attribute__((aligned(EXO_SECTOR_SIZE)));
  int error = table_write_dirty(store);

  if (error < 0) return error;
  error = wait(store, txn_table_barrier(store)); //@step table
  if (error < 0) return error;
  sector = store->superblock;
  sector.first_sequence = sequence;
  sector_seal(&sector);
  error = store->device->write(store->extent, SUPERBLOCK, 1, &sector); //@step superblock
  if (error < 0) return store_failed(store, error);
  error = wait(store, txn_superblock_barrier(store));
  if (error < 0) return error;
  store->superblock = sector;
  store->sequence = sequence;
  return 0;
}

EXO_API int
txn_checkpoint(struct txn_store *store)
{
  int error = txn_wait(store, store->submitted);

  if (error < 0) return error;
  if (log_sectors_used(store) == 0) return 0;
  return checkpoint_finish(store, store->sequence);
}
