// assert(): what fails is said, and the program ends.
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include "libos.h"

EXO_API void
assert_fail(const char *expression, const char *file, int line, const char *function)
{
  printf("%s:%d: %s: assertion '%s' failed\n", file, line, function, expression);
  abort();
}
