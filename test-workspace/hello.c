// The smallest program: a line on the console, then the end.
//
// Nothing of printf is in the kernel. It is a library function in this program's own address space;
// step into it and count how often the kernel is really entered (docs/abi.md: console_write takes
// twenty bytes at a time).
#include <stdio.h>

int
main(int argc, char **argv)
{
  printf("Hello from an exokernel.\n"); //@step print
  for (int i = 1; i < argc; i++) printf("argument %d: %s\n", i, argv[i]);
  return 0; //@step end
}
