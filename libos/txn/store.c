// Laying out, opening and closing a store.
#include <stdlib.h>
#include <string.h>
#include "store.h"

// Notes that the disk has failed: from now on what memory has and what the disk will have may
// differ.
EXO_API int
store_failed(struct txn_store *store, int error)
{
  (void)error;
  store->error = TXN_E_FAILED;
  return store->error;
}

static uint32_t
extent_sectors(exo_slot extent)
{
  struct exo_extent_info info;
  int count = exo_extent_info(extent, &info);

  return count < 0 ? 0 : (uint32_t)count;
}

static int
is_layout(uint32_t sectors, uint32_t log_sectors)
{
  return log_sectors >= LOG_MINIMUM && sectors > LOG_START && log_sectors < sectors - LOG_START;
}

// ---- laying out ----

static union {
  struct superblock superblock;
  struct table_sector table;
  char bytes[EXO_SECTOR_SIZE];
} scratch __attribute__((aligned(EXO_SECTOR_SIZE)));

static int
wait_for_barrier(exo_slot extent, const struct txn_device *device)
{
  int barrier = device->barrier(extent);

  return barrier < 0 ? barrier : device->wait(barrier);
}

// Everything but the superblock: a log of which nothing is, and empty slots.
static int
write_empty(exo_slot extent, const struct txn_device *device, uint32_t sectors,
            uint32_t log_sectors)
{
  int error = 0;

  memset(&scratch, 0, sizeof scratch);
  for (uint32_t i = 0; i < log_sectors && error >= 0; i++)
    error = device->write(extent, LOG_START + i, 1, &scratch);
  scratch.table.magic = TABLE_MAGIC;
  for (uint32_t i = LOG_START + log_sectors; i < sectors && error >= 0; i++) {
    scratch.table.number = i - LOG_START - log_sectors;
    sector_seal(&scratch);
    error = device->write(extent, i, 1, &scratch);
  }
  return error;
}

EXO_API int
txn_format(exo_slot extent, const struct txn_device *device, uint32_t log_sectors)
{
  uint32_t sectors = extent_sectors(extent);
  int error;

  if (log_sectors == 0) log_sectors = sectors / 4;
  if (!is_layout(sectors, log_sectors)) return TXN_E_EXTENT;
  // First, and surely, this is no store; last, it is one.
  memset(&scratch, 0, sizeof scratch);
  error = device->write(extent, SUPERBLOCK, 1, &scratch);
  if (error >= 0) error = wait_for_barrier(extent, device);
  if (error >= 0) error = write_empty(extent, device, sectors, log_sectors);
  if (error >= 0) error = wait_for_barrier(extent, device);
  if (error < 0) return error;
  memset(&scratch, 0, sizeof scratch);
  scratch.superblock.magic = SUPERBLOCK_MAGIC;
  scratch.superblock.sectors = sectors;
  scratch.superblock.log_sectors = log_sectors;
  sector_seal(&scratch);
  error = device->write(extent, SUPERBLOCK, 1, &scratch);
  if (error >= 0) error = wait_for_barrier(extent, device);
  if (error >= 0) error = device->settle(extent);
  return error < 0 ? error : 0;
}

// ---- opening ----

// Memory that begins at a multiple of `alignment`, zeroed. It is given back with the store.
static void *
reserve(struct txn_store *store, unsigned which, uint32_t bytes, uint32_t alignment)
{
  void *memory = calloc(1, bytes + alignment);

  store->memory[which] = memory;
  if (!memory) return 0;
  return (void *)(((uint32_t)memory + alignment - 1) & -alignment);
}

static int
reserve_all(struct txn_store *store)
{
  uint32_t slots = store->table_sectors * SLOTS_PER_SECTOR;

  for (store->head_count = 1; store->head_count < slots;) store->head_count *= 2;
  store->tail = reserve(store, 0, sizeof *store->tail, EXO_SECTOR_SIZE);
  store->table = reserve(store, 1, store->table_sectors * EXO_SECTOR_SIZE, EXO_PAGE_SIZE);
  store->is_dirty = reserve(store, 2, store->table_sectors, 1);
  store->heads = reserve(store, 3, store->head_count * sizeof *store->heads, 4);
  store->next = reserve(store, 4, slots * sizeof *store->next, 4);
  for (unsigned i = 0; i < sizeof store->memory / sizeof *store->memory; i++)
    if (!store->memory[i]) return TXN_E_MEMORY;
  return 0;
}

static int
read_superblock(struct txn_store *store)
{
  struct superblock *superblock = &scratch.superblock;
  int error = store->device->read(store->extent, SUPERBLOCK, 1, superblock);

  if (error >= 0) error = store->device->settle(store->extent);
  if (error < 0) return error;
  if (superblock->magic != SUPERBLOCK_MAGIC) return TXN_E_NO_STORE;
  if (!sector_is(superblock, SUPERBLOCK_MAGIC)) return TXN_E_DAMAGED;
  if (superblock->sectors > extent_sectors(store->extent) ||
      !is_layout(superblock->sectors, superblock->log_sectors))
    return TXN_E_NO_STORE;
  store->superblock = *superblock;
  store->sequence = superblock->first_sequence;
  store->table_sectors = superblock->sectors - LOG_START - superblock->log_sectors;
  return 0;
}

static void
release(struct txn_store *store)
{
  for (unsigned i = 0; i < TXN_OPEN_MAX; i++) free(store->transactions[i].accesses);
  for (unsigned i = 0; i < sizeof store->memory / sizeof *store->memory; i++)
    free(store->memory[i]);
  free(store);
}

EXO_API int
txn_open(exo_slot extent, const struct txn_device *device, struct txn_store **result)
{
  struct txn_store *store = calloc(1, sizeof *store);
  int error;

  *result = 0;
  if (!store) return TXN_E_MEMORY;
  store->extent = extent;
  store->device = device;
  error = read_superblock(store);
  if (error >= 0) error = reserve_all(store);
  if (error >= 0) error = table_load(store);
  if (error >= 0) error = log_recover(store); //@step recover
  if (error < 0) {
    release(store);
    return error;
  }
  table_index(store);
  *result = store;
  return 0;
}

EXO_API int
txn_close(struct txn_store *store)
{
  int error, settled;

  for (int i = 0; i < TXN_OPEN_MAX; i++) txn_abort(store, i);
  error = txn_wait(store, store->submitted);
  settled = store->device->settle(store->extent);
  release(store);
  return error < 0 ? error : settled < 0 ? settled : 0;
}
