// A byte goes to the child and comes back, over two pipes.
#include "kernel/types.h"
#include "user/user.h"

int
main(void)
{
  int down[2], up[2];
  char c = 'x';

  if (pipe(down) < 0 || pipe(up) < 0) {
    fprintf(2, "pingpong: pipe failed\n");
    exit(1);
  }
  if (fork() == 0) {
    if (read(down[0], &c, 1) == 1)
      printf("child: received ping %c\n", c);
    c++;
    write(up[1], &c, 1);
    exit(0);
  }
  write(down[1], &c, 1);
  if (read(up[0], &c, 1) == 1)
    printf("parent: received pong %c\n", c);
  wait(0);
  exit(0);
}
