// An alarm clock: the clock is a word like others in a predicate. While everybody sleeps the
// machine jumps to the step at which the first of them wakes; nobody executes anything meanwhile.
#include "predicates.h"

static uint32_t
instructions(void)
{
  uint32_t retired;

  __asm__ volatile("csrr %0, instret" : "=r"(retired));
  return retired;
}

int
main(void)
{
  struct exo_term *term = terms();

  for (int i = 1; i <= 3; i++) {
    uint32_t before = instructions();
    uint64_t at = now() + 1000000;

    term[0] =
        (struct exo_term){EXO_ANY, EXO_RELATION_AT_LEAST << 16, (uint32_t)at, (uint32_t)(at >> 32)};
    wait_for(1); //@step sleep
    printf("alarm %d: %s, after fewer than %u instructions\n", i,
           now() - at < 100 ? "in time" : "late", (instructions() - before) / 1000 * 1000 + 1000);
  }
  return 0;
}
