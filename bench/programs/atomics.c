// Atomic instructions: counters, a lock by LR and SC, and a bit set.
#include "work.h"

static u32 counter, lock, bits[8];

u32
work(u32 n)
{
  for (u32 i = 0; i < n * 100; i++) {
    __atomic_fetch_add(&counter, i, __ATOMIC_RELAXED);
    for (u32 free = 0; !__atomic_compare_exchange_n(&lock, &free, 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED); free = 0) continue;
    __atomic_fetch_xor(&bits[i & 7], 1u << (i & 31), __ATOMIC_RELAXED);
    __atomic_store_n(&lock, 0, __ATOMIC_RELEASE);
  }
  return counter + bits[3];
}
