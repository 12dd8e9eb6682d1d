// A line of standard input.
#include "libos.h"
#include "kernel/types.h"
#include "user/user.h"

// Reads up to the end of the line and not a byte further, because what follows it may be for another process.
EXO_API char *
gets(char *line, int size)
{
  int length = 0;
  char c;

  while (length + 1 < size && read(0, &c, 1) == 1) {
    line[length++] = c;
    if (c == '\n' || c == '\r') break;
  }
  if (size > 0) line[length] = 0;
  return line;
}
