// Puts values into the shared word, each when the last one was taken: it waits as the consumer
// does, for the opposite. Argument 1 is the consumer's id.
#include "predicates.h"

int
main(int argc, char **argv)
{
  exo_env consumer = argc > 1 ? (exo_env)atoi(argv[1]) : 0;
  volatile struct shared *shared = (struct shared *)SHARED;
  volatile const struct exo_state_environment *me = my_record();
  struct exo_term *term = terms();
  uint32_t calls;
  int slot = slot_alloc();

  while (exo_cap_accept(consumer, HER_SLOT, (exo_slot)slot) == EXO_E_OFFER) slice_yield(consumer);
  if (pager_map(SHARED, 0, (exo_slot)slot, EXO_RIGHT_READ | EXO_RIGHT_WRITE) < 0) return 1;

  calls = me->calls;
  for (uint32_t value = 1; value <= VALUES; value++) {
    term[0] = (struct exo_term){(uint32_t)slot, EXO_RELATION_EQUAL << 16, 0, 0};
    wait_for(1);           //@step wait
    shared->value = value; //@step put
  }
  printf("producer: %d values, %u kernel calls\n", VALUES, me->calls - calls);
  return 0;
}
