// Blocks of the disk, kept in memory. Writes are asynchronous: the disk takes them in order, and a barrier says when they are on
// the platter.
#include <disk.h>
#include <string.h>
#include <world_server.h>

#define BLOCKS  128
#define SECTORS (BSIZE / EXO_SECTOR_SIZE)

struct superblock super;

static struct block blocks[BLOCKS];
static struct block *recent[BLOCKS]; // by number, the lowest bits of it: where a block is, or was
static uint8_t memory[BLOCKS][BSIZE] __attribute__((aligned(EXO_PAGE_SIZE)));
static uint uses;
static int extent;

// Writes that were started and not waited for, oldest first.
static int started[EXO_MAX_DISK_REQUESTS];
static unsigned first_started, count_started;

static void
wait_for_oldest(void)
{
  int request = started[first_started];

  if (count_started == 0) {
    slice_yield(0); // the disk is full of others' requests
    return;
  }
  first_started = (first_started + 1) % EXO_MAX_DISK_REQUESTS;
  count_started--;
  if (disk_wait(request) < 0) world_fail("the disk did not write");
}

static int
is_full(int request)
{
  return request == EXO_E_BUSY || request == EXO_E_NONE;
}

// Waits for all of them: before a read, which would else have no place in the table of requests.
static void
wait_for_all(void)
{
  while (count_started > 0) wait_for_oldest();
}

// Takes the whole disk and reads the super block.
EXO_API void
block_open(void)
{
  struct exo_disk_info info;
  int sectors = exo_disk_info(EXO_SLOT_DISK, &info);
  struct block *block;

  if (sectors < 0) world_fail("this machine has no disk; give the scenario a 'disk'");
  extent = extent_open(0, (uint32_t)sectors);
  if (extent < 0) world_fail("somebody else has the disk's sectors");
  for (int i = 0; i < BLOCKS; i++) blocks[i].data = memory[i];
  block = block_get(1);
  memcpy(&super, block->data, sizeof super);
  block_put(block);
  if (super.magic != FSMAGIC)
    world_fail("there is no file system on the disk; 'exo fs make' makes one");
  if (super.size > (uint)sectors / SECTORS || super.nlog < 2 * (1 + LOGBLOCKS) ||
      super.bmapstart >= super.size || super.inodestart >= super.bmapstart)
    world_fail("the file system does not fit its disk");
}

// The place of a block, or the one that was not used for longest.
static struct block *
look_for(uint number)
{
  struct block *oldest = 0;

  for (struct block *block = blocks; block < blocks + BLOCKS; block++) {
    if (block->valid && block->number == number) return block;
    if (block->pins > 0 || block->logged) continue;
    if (!oldest || !block->valid || (oldest->valid && block->used < oldest->used)) oldest = block;
  }
  if (!oldest) world_fail("all blocks in memory are in use");
  return oldest;
}

// The same, without a look at all of them for what was there a moment ago.
static struct block *
place_for(uint number)
{
  struct block **guess = &recent[number % BLOCKS];

  if (!*guess || !(*guess)->valid || (*guess)->number != number) *guess = look_for(number);
  return *guess;
}

// Returns a block with its contents. Each get wants a put.
EXO_API struct block *
block_get(uint number)
{
  struct block *block = place_for(number);

  block->used = ++uses;
  block->pins++;
  if (block->valid && block->number == number) return block;
  block->valid = 0;
  wait_for_all();
  if (disk_read(extent, number * SECTORS, SECTORS, block->data) < 0)
    world_fail("the disk did not read");
  block->number = number;
  block->valid = 1;
  return block;
}

// A block full of zeros, whatever the disk has there.
EXO_API struct block *
block_fresh(uint number)
{
  struct block *block = place_for(number);

  block->used = ++uses;
  block->pins++;
  block->number = number;
  block->valid = 1;
  memset(block->data, 0, BSIZE);
  return block;
}

EXO_API void
block_put(struct block *block)
{
  block->pins--;
}

// Starts writing the first sectors of a block; the data is taken at once.
EXO_API void
block_write_start(uint number, unsigned sectors, const void *from)
{
  int request;

  while (is_full(request = disk_start_write(extent, number * SECTORS, sectors, from)))
    wait_for_oldest();
  if (request < 0) world_fail("the disk takes no write");
  started[(first_started + count_started++) % EXO_MAX_DISK_REQUESTS] = request;
}

// Waits until everything that was written is on the platter.
EXO_API void
block_barrier(void)
{
  int request;

  while (is_full(request = disk_start_barrier(extent))) wait_for_oldest();
  if (request < 0 || disk_wait(request) < 0) world_fail("the disk does not flush");
}
