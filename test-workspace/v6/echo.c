// Prints its arguments, with a space between them and a newline after the last.
#include "kernel/types.h"
#include "kernel/stat.h"
#include "user/user.h"

int
main(int argc, char **argv)
{
  for (int i = 1; i < argc; i++) {
    write(1, argv[i], strlen(argv[i]));
    if (i + 1 < argc) write(1, " ", 1);
  }
  write(1, "\n", 1);
  exit(0);
}
