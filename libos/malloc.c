// The heap: a list of free blocks in the order of their addresses, first fit, neighbours joined
// when they are freed (Kernighan and Ritchie, 8.7). It grows by sbrk; the pager gives it pages when
// they are touched.
#include <stdlib.h>
#include <string.h>
#include "libos.h"

// In front of every block. Blocks are whole numbers of headers.
struct block {
  struct block *next; // of the free list, by address; unused while allocated
  size_t units;       // with this header
};

#define GROW_UNITS (4 * EXO_PAGE_SIZE / sizeof(struct block))

static struct block *free_list;

// Adds the block to the free list, joined with the neighbours it touches.
static void
insert(struct block *block)
{
  struct block **link = &free_list, *before = 0;

  while (*link && *link < block) {
    before = *link;
    link = &before->next;
  }
  block->next = *link;
  *link = block;
  if (block->next == block + block->units) {
    block->units += block->next->units;
    block->next = block->next->next;
  }
  if (before && before + before->units == block) {
    before->units += block->units;
    before->next = block->next;
  }
}

// Takes more memory for the heap. Returns 0 when there is none.
static int
grow(size_t units)
{
  struct block *block;

  if (units < GROW_UNITS) units = GROW_UNITS;
  block = sbrk((int)(units * sizeof *block));
  if (block == (void *)-1) return 0;
  block->units = units;
  insert(block);
  return 1;
}

// Returns memory for size bytes, aligned to 8, or 0.
EXO_API void *
malloc(size_t size)
{
  size_t units = (size + sizeof(struct block) - 1) / sizeof(struct block) + 1;

  if (size > 0x40000000) return 0;
  slice_enter_critical(); // where there are threads, none of them comes in between
  for (;;) {
    for (struct block **link = &free_list; *link; link = &(*link)->next) {
      struct block *block = *link;

      if (block->units < units) continue;
      if (block->units == units) {
        *link = block->next;
      } else {
        block->units -= units; // its end is what we take
        block += block->units;
        block->units = units;
      }
      slice_leave_critical();
      return block + 1;
    }
    if (!grow(units)) break;
  }
  slice_leave_critical();
  return 0;
}

EXO_API void
free(void *memory)
{
  if (memory == 0) return;
  slice_enter_critical();
  insert((struct block *)memory - 1);
  slice_leave_critical();
}

EXO_API void *
calloc(size_t count, size_t size)
{
  void *memory;

  if (size && count > 0x40000000 / size) return 0;
  memory = malloc(count * size);
  return memory ? memset(memory, 0, count * size) : 0;
}

EXO_API void *
realloc(void *old, size_t size)
{
  size_t had;
  void *memory;

  if (old == 0) return malloc(size);
  had = (((struct block *)old)[-1].units - 1) * sizeof(struct block);
  if (size <= had) return old;
  memory = malloc(size);
  if (memory == 0) return 0;
  memcpy(memory, old, had);
  free(old);
  return memory;
}
