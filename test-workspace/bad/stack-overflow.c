// Recursion that does not end: the stack grows page by page, until the pager says no.
#include <stdio.h>

static int
deeper(int depth)
{
  volatile char frame[512];

  frame[0] = (char)depth;
  return deeper(depth + 1) + frame[0]; //@step deeper
}

int
main(void)
{
  printf("going down\n");
  return deeper(0);
}
