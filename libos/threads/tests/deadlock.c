// Two threads that each have what the other wants, and main that waits for both.
#include "../../tests/check.h"
#include <threads.h>

static struct mutex fork = {.name = "fork"}, knife = {.name = "knife"};

static int
eats(struct mutex *first, struct mutex *second)
{
  mutex_lock(first);
  thread_yield();
  mutex_lock(second);
  return 0;
}

static int
anna(void *argument)
{
  (void)argument;
  return eats(&fork, &knife);
}

static int
bert(void *argument)
{
  (void)argument;
  return eats(&knife, &fork);
}

int
main(void)
{
  struct thread *one = thread_create("anna", anna, 0);

  thread_create("bert", bert, 0);
  thread_join(one);
  return 0;
}
