// Two threads take turns for ever the same way, so that a slice can be made to end at any
// instruction of a turn. Each keeps its registers busy, and counts.
#include "../../tests/check.h"
#include "churn.h"
#include <threads.h>

static volatile int turns[2];

static int
worker(void *argument)
{
  int n = (int)argument;

  for (turns[n] = 0; turns[n] < 40; turns[n]++) {
    CHECK(churn(1));
    thread_yield();
    CHECK(thread_self()->argument == argument);
  }
  return n;
}

int
main(void)
{
  struct thread *one = thread_create("one", worker, (void *)0);
  struct thread *two = thread_create("two", worker, (void *)1);

  CHECK(thread_join(one) == 0 && thread_join(two) == 1);
  return failures;
}
