// Prints its arguments, with a space between them and a newline after the last.
#include "kernel/types.h"
#include "kernel/stat.h"
#include "user/user.h"

static void
put(const char *text, int count)
{
  if (write(1, text, count) == count) return;
  fprintf(2, "echo: cannot write\n");
  exit(1);
}

int
main(int argc, char **argv)
{
  for (int i = 1; i < argc; i++) {
    put(argv[i], strlen(argv[i]));
    if (i + 1 < argc) put(" ", 1);
  }
  put("\n", 1);
  exit(0);
}
