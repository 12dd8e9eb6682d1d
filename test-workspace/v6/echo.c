// Prints its arguments, with a space between them and a newline after the last. A line goes out whole, so that those of
// two programs do not mix.
#include "kernel/types.h"
#include "kernel/stat.h"
#include "user/user.h"

static char line[512];
static int used;

static void
flush(void)
{
  if (write(1, line, used) != used) {
    fprintf(2, "echo: cannot write\n");
    exit(1);
  }
  used = 0;
}

static void
put(const char *text)
{
  for (; *text != 0; text++) {
    if (used == sizeof line) flush();
    line[used++] = *text;
  }
}

int
main(int argc, char **argv)
{
  for (int i = 1; i < argc; i++) {
    put(argv[i]);
    if (i + 1 < argc) put(" ");
  }
  put("\n");
  flush();
  exit(0);
}
