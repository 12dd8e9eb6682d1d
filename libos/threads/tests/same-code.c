// Two threads that run the same code at once: what a debugger must not mix up.
#include "../../tests/check.h"
#include <threads.h>

static volatile uint32_t total;

static __attribute__((noinline)) void
slow(uint32_t by)
{
  for (volatile uint32_t i = 0; i < 900; i++) // longer than a slice of the tests
    total += by;                              //@step inner
}

static __attribute__((noinline)) int
same(uint32_t by)
{
  volatile uint32_t before = by; //@step first

  slow(by);           //@step call
  before += total;    //@step behind
  thread_yield();     //@step yield
  before += by;       //@step resumed
  return before > by; //@step last
}

static int
runs(void *argument)
{
  int sum = 0;

  for (int i = 0; i < 3; i++) sum += same((uint32_t)argument); //@step loop
  if (argument == (void *)7) thread_exit(sum);                 //@step ends
  return sum;
}

int
main(void)
{
  struct thread *one = thread_create("seven", runs, (void *)7);
  struct thread *two = thread_create("nine", runs, (void *)9);

  thread_join(one); //@step join
  thread_join(two);
  printf("%u\n", total);
  return 0;
}
