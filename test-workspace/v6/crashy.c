// Stores through a null pointer. What happens to it, to its shell, and to the rest of the world?
#include "kernel/types.h"
#include "kernel/stat.h"
#include "user/user.h"

int
main(void)
{
  volatile int *nowhere = 0;

  printf("crashy: about to store\n");
  *nowhere = 1; //@step store
  printf("crashy: nobody noticed\n");
  exit(0);
}
