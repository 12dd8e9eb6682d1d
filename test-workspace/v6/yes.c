// Writes a line again and again, until nobody reads it any more or control-C ends it.
//
//   yes [text]     y
#include "kernel/types.h"
#include "kernel/stat.h"
#include "user/user.h"

int
main(int argc, char **argv)
{
  const char *text = argc > 1 ? argv[1] : "y";
  int length = strlen(text);

  while (write(1, text, length) == length && write(1, "\n", 1) == 1); //@step again
  exit(1);
}
