// Time is the machine's step count, and there is no other clock.
#include "libos.h"

EXO_API uint64_t
steps_now(void)
{
  uint32_t high, low, again;

  do {
    __asm__ volatile("csrr %0, timeh" : "=r"(high));
    __asm__ volatile("csrr %0, time" : "=r"(low));
    __asm__ volatile("csrr %0, timeh" : "=r"(again));
  } while (high != again);
  return (uint64_t)high << 32 | low;
}
