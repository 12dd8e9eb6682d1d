// How often the kernel is called for a thousand switches. The slice is longer than all of it.
#include "../../tests/check.h"
#include "record.h"
#include <threads.h>

static volatile int rounds[2];

static int
worker(void *argument)
{
  for (int i = 0; i < 500; i++) {
    rounds[(int)argument]++;
    thread_yield();
  }
  return 0;
}

int
main(void)
{
  volatile const struct exo_state_environment *me = my_record();
  struct thread *one = thread_create("one", worker, (void *)0);
  struct thread *two = thread_create("two", worker, (void *)1);
  uint32_t calls, upcalls, picked;
  uint64_t began;

  thread_yield(); // both have their stacks now
  calls = me->calls;
  upcalls = me->upcalls;
  picked = one->picked + two->picked + thread_self()->picked;
  began = thread_clock();
  while (rounds[0] < 400) thread_yield();
  picked = one->picked + two->picked + thread_self()->picked - picked;
  calls = me->calls - calls;
  upcalls = me->upcalls - upcalls;
  printf("%u switches, %u kernel calls, %u upcalls, %s steps each\n", picked, calls, upcalls,
         (thread_clock() - began) / picked < 600 ? "few" : "many");
  CHECK(calls == 0 && upcalls == 0);
  CHECK(rounds[0] - rounds[1] < 2 && rounds[1] - rounds[0] < 2);
  thread_join(one);
  thread_join(two);
  return failures;
}
