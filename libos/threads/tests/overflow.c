// A thread whose recursion has no end.
#include "../../tests/check.h"
#include <threads.h>

static __attribute__((noinline)) int
deeper(volatile int *from)
{
  volatile int here[64];

  here[0] = from[0] + 1;
  return deeper(here) + here[0];
}

static int
recurses(void *argument)
{
  volatile int zero[1] = {0};

  (void)argument;
  return deeper(zero);
}

int
main(void)
{
  return thread_join(thread_create("recurses", recurses, 0));
}
