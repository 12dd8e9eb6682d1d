// Do all registers of every thread survive, wherever a slice ends and whoever runs then?
#include "../../tests/check.h"
#include "churn.h"
#include <threads.h>

static volatile int rounds[4];

static int
worker(void *argument)
{
  int n = (int)argument;

  for (rounds[n] = 0; rounds[n] < 12; rounds[n]++) {
    CHECK(churn(20));
    thread_yield();
    CHECK(churn(3));
    CHECK(thread_self()->argument == argument);
  }
  return n;
}

int
main(void)
{
  struct thread *threads[3];

  for (int i = 0; i < 3; i++) threads[i] = thread_create("worker", worker, (void *)i);
  CHECK(churn(100));
  for (int i = 0; i < 3; i++) CHECK(thread_join(threads[i]) == i);
  for (int i = 0; i < 3; i++) CHECK(rounds[i] == 12);
  return failures;
}
