// Sets the mode bits of files.
//
//   chmod 644 file...     an octal number: of the owner, of nobody (there are no groups), of all others: 4 read, 2 write, 1 execute
#include "kernel/types.h"
#include "kernel/stat.h"
#include "user/user.h"

// Returns -1 for what is no octal number.
static int
octal(const char *s)
{
  int n = 0;

  if (*s == 0) return -1;
  for (; *s; s++) {
    if (*s < '0' || *s > '7' || n > 0777) return -1;
    n = 8 * n + (*s - '0');
  }
  return n > 0777 ? -1 : n;
}

int
main(int argc, char **argv)
{
  int failed = 0, mode = argc > 2 ? octal(argv[1]) : -1;

  if (mode < 0) {
    fprintf(2, "usage: chmod mode file..., mode being an octal number up to 777\n");
    exit(2);
  }
  for (int i = 2; i < argc; i++)
    if (chmod(argv[i], mode) < 0) {
      fprintf(2, "chmod: the mode of %s is not yours to change\n", argv[i]);
      failed = 1;
    }
  exit(failed);
}
