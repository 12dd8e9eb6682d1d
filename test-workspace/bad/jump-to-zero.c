// Calls a function that is not there.
#include <stdio.h>

static void (*missing)(void);

int
main(void)
{
  printf("jumping\n");
  missing(); //@step jump
  return 0;
}
