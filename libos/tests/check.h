// For the libOS's own tests: each prints what differs, and its exit status says how much did.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <libos.h>

static int failures;

static void
check(int condition, const char *what)
{
  if (condition) return;
  failures++;
  printf("FAILED: %s\n", what);
}
#define CHECK(condition) check((condition) != 0, #condition)
