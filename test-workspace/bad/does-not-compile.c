// Two errors and a warning, for the Problems panel.
#include <stdio.h>

int
main(void)
{
  int counter = 1;
  int unused;

  printf("%d\n", countr);
  return counter
}
