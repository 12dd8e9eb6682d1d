// An atomic operation at an odd address: that one the libOS cannot complete.
#include <stdio.h>

static unsigned char bytes[8];

int
main(void)
{
  printf("adding\n");
  __asm__ volatile("amoadd.w zero, zero, (%0)" ::"r"(bytes + 1) : "memory"); //@step add
  return 0;
}
