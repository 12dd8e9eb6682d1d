// Waits for values in a shared word without looking at it: the kernel is given a predicate over the
// word, and evaluates it when it looks for someone to run. Argument 1 is the producer's id.
#include "predicates.h"

int
main(int argc, char **argv)
{
  exo_env producer = argc > 1 ? (exo_env)atoi(argv[1]) : 0;
  volatile struct shared *shared = (struct shared *)SHARED;
  volatile const struct exo_state_environment *me = my_record();
  struct exo_term *term = terms();
  uint64_t deadline;
  uint32_t calls;
  int frame, sum = 0, product;

  frame = exo_page_alloc(0, EXO_SLOT_MEMORY, EXO_ANY, HER_SLOT);
  if (pager_map(SHARED, frame, HER_SLOT, EXO_RIGHT_READ | EXO_RIGHT_WRITE) < 0) return 1;
  shared->value = 0;
  exo_cap_offer(HER_SLOT, producer, EXO_RIGHT_READ | EXO_RIGHT_WRITE); //@step offer

  calls = me->calls;
  for (int i = 0; i < VALUES; i++) {
    term[0] = (struct exo_term){HER_SLOT, EXO_RELATION_NOT_EQUAL << 16, 0, 0};
    wait_for(1); //@step wait
    sum += (int)shared->value;
    shared->value = 0; //@step taken
  }
  printf("consumer: %d values, sum %d, %u kernel calls\n", VALUES, sum, me->calls - calls);

  // One more, or until the clock says that it is enough: two products, of which one must hold.
  deadline = now() + 50000;
  term[0] = (struct exo_term){HER_SLOT, EXO_RELATION_NOT_EQUAL << 16, 0, 0};
  term[1] = (struct exo_term){EXO_ANY, EXO_RELATION_AT_LEAST << 16 | EXO_OR, (uint32_t)deadline,
                              (uint32_t)(deadline >> 32)};
  product = wait_for(2); //@step either
  printf("consumer: product %d holds: %s\n", product,
         product == 2 ? "nothing came for 50000 steps" : "one more value");
  return 0;
}
