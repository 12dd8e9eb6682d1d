// What does a failed assertion say, and with which status does it end?
#include <assert.h>

int
main(void)
{
  int two = 2;

  assert(two == 2);
  assert(two == 3);
  return 0;
}
