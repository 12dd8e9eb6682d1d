// A cache of pages: which are there, and by our own clock when each was used last. Page n holds
// 1000 + n, as if it had been computed or read from somewhere.
#ifndef CACHE_H
#define CACHE_H

#include <stdlib.h>
#include <libos.h>

#define CACHE     0x40100000u // shares no entry of the software TLB with the text
#define CACHE_MAX 256

static struct {
  int slot; // 0: not in the cache any more
  unsigned used;
} cache[CACHE_MAX];
static unsigned count, now;

static inline uint32_t *
words_of(unsigned page)
{
  return (uint32_t *)(CACHE + page * EXO_PAGE_SIZE);
}

static inline void
fill(unsigned pages)
{
  for (count = 0; count < pages && count < CACHE_MAX; count++) {
    uint32_t address = (uint32_t)words_of(count);

    if (pager_alloc(address, EXO_RIGHT_READ | EXO_RIGHT_WRITE) < 0) exit(2);
    cache[count].slot = (int)PTE_SLOT(pager_lookup(address));
    cache[count].used = ++now;
    *words_of(count) = 1000 + count;
  }
}

// Uses the pages of the upper half; the others grow cold.
static inline void
use(void)
{
  for (unsigned page = count / 2; page < count; page++)
    if (cache[page].slot) cache[page].used = ++now, *(volatile uint32_t *)words_of(page);
}

// The page that was not used for longest.
static inline unsigned
coldest(void)
{
  unsigned best = count;

  for (unsigned page = 0; page < count; page++)
    if (cache[page].slot && (best == count || cache[page].used < cache[best].used)) best = page;
  return best;
}

// The page whose capability was in a slot is not in the cache any more. Returns its number, or
// count when it was none of ours.
static inline unsigned
drop(int slot)
{
  unsigned page = 0;

  while (page < count && cache[page].slot != slot) page++;
  if (page < count) cache[page].slot = 0;
  return page;
}

static inline unsigned
count_right(void)
{
  unsigned right = 0;

  for (unsigned page = 0; page < count; page++)
    if (cache[page].slot) right += *words_of(page) == 1000 + page;
  return right;
}

#endif
