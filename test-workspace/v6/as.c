// Runs a program as another user. Only user 0 may; there is no way back, as the shell that started it has not changed.
//
//   as uid program [argument...]
#include "kernel/types.h"
#include "kernel/stat.h"
#include "user/user.h"

int
main(int argc, char **argv)
{
  if (argc < 3) {
    fprintf(2, "usage: as uid program [argument...]\n");
    exit(2);
  }
  if (setuid(atoi(argv[1])) < 0) {
    fprintf(2, "as: user %d cannot become user %s\n", getuid(), argv[1]);
    exit(1);
  }
  exec(argv[2], argv + 2); //@step become
  fprintf(2, "as: cannot run %s\n", argv[2]);
  exit(127);
}
