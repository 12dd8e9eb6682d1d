// Branches that nobody can foretell: quicksort with insertion at the end, of 4,096 words.
#include "work.h"

static u32 words[4096];

static NOINLINE void
sort(u32 *from, u32 *to)
{
  while (to - from > 12) {
    u32 *i = from, *j = to - 1, pivot = from[(to - from) / 2];

    for (;;) {
      while (*i < pivot) i++;
      while (*j > pivot) j--;
      if (i >= j) break;
      u32 t = *i;
      *i++ = *j;
      *j-- = t;
    }
    sort(from, i);
    from = i;
  }
  for (u32 *i = from + 1; i < to; i++) {
    u32 x = *i, *j = i;

    for (; j > from && j[-1] > x; j--) *j = j[-1];
    *j = x;
  }
}

u32
work(u32 n)
{
  u32 seed = 1, sum = 0;

  while (n-- > 0) {
    for (u32 i = 0; i < 4096; i++) words[i] = (seed = seed * 1664525 + 1013904223) >> 7;
    sort(words, words + 4096);
    sum += words[n % 4096];
  }
  return sum;
}
