// The heap. Each block knows its own size and its left neighbour's, so that a freed block finds both neighbours and joins them without
// a search. Free blocks are in lists by size: the list of index n has those of 2^n units or more, but fewer than 2^(n+1).
//
//   +-------------+-------------+-----------------------------+
//   | left        | units | use | memory, or when it is free  |   then the next block's header
//   |             |             | next, previous              |
//   +-------------+-------------+-----------------------------+
#include "libos.h"
#include "kernel/types.h"
#include "user/user.h"

struct block {
  uint left;  // units of the block that ends where this one begins; 0: there is none
  uint units; // of 8 bytes, with this header; IN_USE besides
  // Only while it is free, in its list:
  struct block *next;
  struct block **link; // what points to this block
};

#define UNIT       8u
#define IN_USE     0x80000000u
#define SMALLEST   2u    // units: a free block must hold its links
#define HEADER     1u    // unit
#define GROW_BYTES 16384u
#define LARGEST    0x40000000u
#define LISTS      28

static struct block *lists[LISTS];
static struct block *fence; // the header behind the newest memory: in use, without units of its own

static int
list_of(uint units)
{
  int n = 0;

  while (units >>= 1) n++;
  return n;
}

static struct block *
right_of(struct block *block)
{
  return (struct block *)((char *)block + (block->units & ~IN_USE) * UNIT);
}

static void
list_remove(struct block *block)
{
  *block->link = block->next;
  if (block->next) block->next->link = block->link;
}

static void
list_insert(struct block *block)
{
  struct block **list = &lists[list_of(block->units)];

  block->next = *list;
  block->link = list;
  if (*list) (*list)->link = &block->next;
  *list = block;
}

// Makes a block free, with its neighbours where they are.
static void
release(struct block *block)
{
  struct block *right;

  block->units &= ~IN_USE;
  if (block->left > 0) {
    struct block *left = (struct block *)((char *)block - block->left * UNIT);

    if (!(left->units & IN_USE)) {
      list_remove(left);
      left->units += block->units;
      block = left;
    }
  }
  right = right_of(block);
  if (!(right->units & IN_USE)) {
    list_remove(right);
    block->units += right->units;
    right = right_of(block);
  }
  right->left = block->units;
  list_insert(block);
}

// Takes a free block of at least so many units out of its list, or returns 0.
static struct block *
find(uint units)
{
  for (int n = list_of(units); n < LISTS; n++)
    for (struct block *block = lists[n]; block; block = block->next)
      if (block->units >= units) {
        list_remove(block);
        return block;
      }
  return 0;
}

// Keeps so many units of a block that is in no list; the rest, if a block can be made of it, becomes free.
static void
trim(struct block *block, uint units)
{
  uint rest = (block->units & ~IN_USE) - units;

  block->units |= IN_USE;
  if (rest < SMALLEST) return;
  block->units = units | IN_USE;
  block = right_of(block);
  block->left = units;
  block->units = rest;
  release(block);
}

// Gets a heap that has room for a block of so many units. Where the memory follows what we have, it is joined.
static int
grow(uint units)
{
  uint bytes = (units + 2 * HEADER) * UNIT;
  char *memory;
  struct block *block;

  if (bytes < GROW_BYTES) bytes = GROW_BYTES;
  memory = sbrk((int)(bytes + UNIT));
  if (memory == SBRK_ERROR) return 0;
  bytes += UNIT;
  if (fence && memory == (char *)fence + HEADER * UNIT) {
    block = fence; // the old fence becomes the begin of the new block
    bytes += HEADER * UNIT;
  } else {
    block = (struct block *)(((uint)memory + UNIT - 1) & ~(UNIT - 1)); // the program may have moved the break anyhow
    bytes -= (uint)((char *)block - memory);
    block->left = 0;
  }
  block->units = bytes / UNIT - HEADER;
  fence = right_of(block);
  fence->units = IN_USE;
  // Where the break is odd, the next memory will not follow the fence, and that is all.
  release(block);
  return 1;
}

// Returns memory for size bytes, aligned to 8, or 0.
EXO_API void *
malloc(uint size)
{
  uint units = (size + UNIT - 1) / UNIT + HEADER;
  struct block *block;

  if (size > LARGEST) return 0;
  if (units < SMALLEST) units = SMALLEST;
  block = find(units);
  if (block == 0 && grow(units)) block = find(units);
  if (block == 0) return 0;
  trim(block, units);
  return (char *)block + HEADER * UNIT;
}

EXO_API void
free(void *memory)
{
  if (memory) release((struct block *)((char *)memory - HEADER * UNIT));
}

// xv6 has neither of these, and user.h declares neither. They are here because those of the default libOS know its blocks, not ours.
void *calloc(uint count, uint size);
void *realloc(void *old, uint size);

EXO_API void *
calloc(uint count, uint size)
{
  void *memory;

  if (size && count > LARGEST / size) return 0;
  memory = malloc(count * size);
  return memory ? memset(memory, 0, count * size) : 0;
}

EXO_API void *
realloc(void *old, uint size)
{
  struct block *block = (struct block *)((char *)old - HEADER * UNIT);
  uint had;
  void *memory;

  if (old == 0) return malloc(size);
  had = ((block->units & ~IN_USE) - HEADER) * UNIT;
  if (size <= had) return old;
  memory = malloc(size);
  if (memory == 0) return 0;
  memcpy(memory, old, had);
  free(old);
  return memory;
}
