// Ends processes, by their numbers.
#include "kernel/types.h"
#include "kernel/stat.h"
#include "user/user.h"

int
main(int argc, char **argv)
{
  int failed = 0;

  if (argc < 2) {
    fprintf(2, "usage: kill pid...\n");
    exit(2);
  }
  for (int i = 1; i < argc; i++)
    if (kill(atoi(argv[i])) < 0) {
      fprintf(2, "kill: there is no process %s that you may kill\n", argv[i]);
      failed = 1;
    }
  exit(failed);
}
