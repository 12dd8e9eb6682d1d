// A disk behind a block cache, as UNIX version 6 has one: a write changes a block in memory and is
// done. Blocks are written back when their place is needed, and all of them now and then; in which
// order is the cache's affair, and it never waits. There is no barrier: sync() starts and returns.
//
// A program that needs an order cannot have it here. The store is the same; what it relies on is
// gone.
#include <disk.h>
#include <string.h>
#include "store.h"

#define BLOCKS        15 // as many as the NBUF of version 6
#define UPDATE_WRITES 40 // version 6 did it every thirty seconds

static struct block {
  exo_slot extent;
  uint32_t sector;
  int is_used, is_dirty;
} blocks[BLOCKS];
static char contents[BLOCKS][EXO_SECTOR_SIZE] __attribute__((aligned(EXO_SECTOR_SIZE)));
static unsigned writes_since_update;

// Which block has to go is drawn by lot: whatever the policy, it knows nothing of what depends on
// what.
static unsigned
draw(unsigned below)
{
  static uint32_t state = 2463534242u;

  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state % below;
}

static struct block *
find(exo_slot extent, uint32_t sector)
{
  for (struct block *block = blocks; block < blocks + BLOCKS; block++)
    if (block->is_used && block->extent == extent && block->sector == sector) return block;
  return 0;
}

// Gives a block to the disk, without waiting for more than a place in its queue.
static int
write_back(struct block *block)
{
  int error;

  if (!block->is_dirty) return 0;
  error = txn_raw.write(block->extent, block->sector, 1, contents[block - blocks]);
  if (error >= 0) block->is_dirty = 0;
  return error;
}

// All blocks, beginning anywhere.
static int
update(void)
{
  unsigned first = draw(BLOCKS);
  int error = 0;

  for (unsigned i = 0; i < BLOCKS && error >= 0; i++)
    error = write_back(&blocks[(first + i * 7) % BLOCKS]); // 7 and 15 share no factor
  writes_since_update = 0;
  return error;
}

static struct block *
take(exo_slot extent, uint32_t sector, int *error)
{
  struct block *block = &blocks[draw(BLOCKS)];

  for (unsigned i = 0; i < BLOCKS && block->is_used; i++)
    if (!blocks[i].is_used) block = &blocks[i];
  *error = write_back(block);
  block->extent = extent;
  block->sector = sector;
  block->is_used = 1;
  return block;
}

static int
unordered_write(exo_slot extent, uint32_t sector, unsigned count, const void *from)
{
  int error = 0;

  for (unsigned i = 0; i < count && error >= 0; i++) {
    struct block *block = find(extent, sector + i);

    if (!block) block = take(extent, sector + i, &error);
    memcpy(contents[block - blocks], (const char *)from + i * EXO_SECTOR_SIZE, EXO_SECTOR_SIZE);
    block->is_dirty = 1;
    if (++writes_since_update >= UPDATE_WRITES) error = update();
  }
  return error < 0 ? error : 0;
}

static int
unordered_read(exo_slot extent, uint32_t sector, unsigned count, void *to)
{
  int error = disk_read(extent, sector, count, to);

  for (unsigned i = 0; i < count && error >= 0; i++) {
    struct block *block = find(extent, sector + i);

    if (block) memcpy((char *)to + i * EXO_SECTOR_SIZE, contents[block - blocks], EXO_SECTOR_SIZE);
  }
  return error;
}

static int
unordered_barrier(exo_slot extent)
{
  (void)extent;
  return TXN_NO_BARRIER; // nobody to ask
}

static int
unordered_passed(int barrier)
{
  (void)barrier;
  return 1;
}

static int
unordered_wait(int barrier)
{
  (void)barrier;
  return 0;
}

static int
unordered_settle(exo_slot extent)
{
  int error = update();

  return error < 0 ? error : txn_raw.settle(extent);
}

EXO_API const struct txn_device txn_unordered = {
    "unordered",      unordered_read, unordered_write, unordered_barrier,
    unordered_passed, unordered_wait, unordered_settle};
