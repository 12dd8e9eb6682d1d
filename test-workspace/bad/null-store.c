// Stores through a null pointer.
#include <stdio.h>

struct point {
  int x, y;
};

int
main(void)
{
  struct point *nowhere = 0;

  printf("storing\n");
  nowhere->y = 1; //@step store
  return 0;
}
