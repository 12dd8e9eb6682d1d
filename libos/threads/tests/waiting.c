// Everybody waits for the console.
#include "../../tests/check.h"
#include <threads.h>

static int
types(void *argument)
{
  (void)argument;
  return getchar();
}

int
main(void)
{
  return thread_join(thread_create("types", types, 0));
}
