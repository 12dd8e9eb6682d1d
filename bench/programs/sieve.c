// Bytes over 256 KiB in strides: more than a lookaside holds hot, less than memory.
#include "work.h"

static u8 composite[1 << 18];

u32
work(u32 n)
{
  u32 primes = 0;

  while (n-- > 0) {
    for (u32 i = 0; i < sizeof composite; i++) composite[i] = (u8)(n & 2);
    primes = 0;
    for (u32 i = 2; i < sizeof composite; i++) {
      if (composite[i] & 1) continue;
      primes++;
      for (u32 j = 2 * i; j < sizeof composite; j += i) composite[j] |= 1;
    }
  }
  return primes;
}
