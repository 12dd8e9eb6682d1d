// Gives files to another user. Only user 0 may.
#include "kernel/types.h"
#include "kernel/stat.h"
#include "user/user.h"

int
main(int argc, char **argv)
{
  int failed = 0;

  if (argc < 3) {
    fprintf(2, "usage: chown uid file...\n");
    exit(2);
  }
  for (int i = 2; i < argc; i++)
    if (chown(argv[i], atoi(argv[1])) < 0) {
      fprintf(2, "chown: %s cannot be given to user %s\n", argv[i], argv[1]);
      failed = 1;
    }
  exit(failed);
}
