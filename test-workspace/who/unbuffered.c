// The same program with a part of its operating system replaced: this putchar has no buffer. No privilege was needed, and the kernel is
// the same; it is only called more often.
#include "who.h"

int
putchar(int c)
{
  char byte = (char)c;

  console_write(&byte, 1); //@step byte
  return (unsigned char)c;
}
