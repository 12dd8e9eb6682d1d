// Bound by what lies below: the shortest call of a kernel there is, and a little work between two.
#include "work.h"

u32
work(u32 n)
{
  u32 sum = 0;

  for (u32 i = 0; i < n * 10; i++) {
    sum = sum * 33 + call_below(i);
    for (u32 j = 0; j < 20; j++) sum ^= sum << 5 ^ j;
  }
  return sum;
}
