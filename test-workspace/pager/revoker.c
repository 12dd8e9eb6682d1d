// Wants two pages of somebody else's, argument 1, when there are no others; and ends after a while,
// so that they are free again. To ask takes the right to administer memory; which pages it gets is
// not its business.
#include <stdio.h>
#include <stdlib.h>
#include <libos.h>

static int
take(void)
{
  int slot = slot_alloc();
  int page = slot < 0 ? slot : exo_page_alloc(0, EXO_SLOT_MEMORY, EXO_ANY, slot);

  if (page < 0 && slot >= 0) slot_free(slot);
  return page;
}

// The other one runs meanwhile. The clock counts steps.
static void
wait(exo_env other, uint32_t steps)
{
  uint32_t begin, now;

  __asm__ volatile("csrr %0, time" : "=r"(begin));
  do {
    slice_yield(other);
    __asm__ volatile("csrr %0, time" : "=r"(now));
  } while (now - begin < steps);
}

int
main(int argc, char **argv)
{
  exo_env other = argc > 1 ? (exo_env)atoi(argv[1]) : 0;
  unsigned got = 0;

  wait(other, 800000); // it has begun, and has what it needs
  while (take() >= 0);
  printf("revoker: no page is free, so it asks for two\n");
  exo_revoke_ask(EXO_SLOT_MEMORY, other, 2); //@step ask
  while (got < 2) {
    if (take() >= 0)
      got++;
    else
      slice_yield(other);
  }
  printf("revoker: has them\n"); //@step got
  wait(other, 800000);
  printf("revoker: is done\n");
  return 0;
}
