// Whose process this is, and its number.
#include "kernel/types.h"
#include "kernel/stat.h"
#include "user/user.h"

int
main(void)
{
  printf("uid %d, pid %d\n", getuid(), getpid());
  exit(0);
}
