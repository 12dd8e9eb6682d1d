// Waits for so many ticks.
#include "kernel/types.h"
#include "kernel/stat.h"
#include "user/user.h"

int
main(int argc, char **argv)
{
  if (argc != 2) {
    fprintf(2, "usage: sleep ticks\n");
    exit(2);
  }
  exit(sleep(atoi(argv[1])) < 0);
}
