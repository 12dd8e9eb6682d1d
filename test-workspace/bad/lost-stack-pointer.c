// Loses its stack pointer. The handler runs on a stack of its own, so the libOS can still say what
// happened.
#include <stdio.h>

int
main(void)
{
  printf("losing sp\n");
  __asm__ volatile("li sp, 0xdeadbee0\n\tsw ra, 0(sp)"); //@step lose
  return 0;
}
