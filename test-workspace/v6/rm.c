// Takes names away from files. A file without names is gone when nobody has it open any more. A directory goes when it is empty.
#include "kernel/types.h"
#include "kernel/stat.h"
#include "user/user.h"

int
main(int argc, char **argv)
{
  int failed = 0;

  if (argc < 2) {
    fprintf(2, "usage: rm file...\n");
    exit(2);
  }
  for (int i = 1; i < argc; i++)
    if (unlink(argv[i]) < 0) {
      fprintf(2, "rm: cannot remove %s\n", argv[i]);
      failed = 1;
    }
  exit(failed);
}
