// A process waits for the disk. What can another one do meanwhile? It asks for its pid all the time, and touches a new page now and
// then, and says how long the slowest answer took. Compiled from this one source for v6 and for mono.
#include <libos.h>
#include "kernel/types.h"
#include "kernel/stat.h"
#include "kernel/fcntl.h"
#include "user/user.h"

#define STEPS 6000000u
#define PAGES 64

// Writes a file, and waits until it is on the platter.
static void
writer(void)
{
  int fd = open("blocked.f", O_CREATE | O_RDWR);

  write(fd, "text", 4); //@step write
  close(fd);
  exit(0);
}

static uint
now(void)
{
  return (uint)steps_now();
}

int
main(void)
{
  uint begin = now(), pid_slowest = 0, touch_slowest = 0, turns = 0, touched = 0;
  char *memory = sbrk(PAGES * 4096);

  if (fork() == 0) writer(); //@step fork
  while (now() - begin < STEPS) {
    uint before = now(), after;

    getpid(); //@step getpid
    after = now();
    if (after - before > pid_slowest) pid_slowest = after - before;
    if (++turns % 16 != 0 || touched == PAGES) continue;
    before = now();
    memory[touched++ * 4096] = 1; //@step touch
    after = now();
    if (after - before > touch_slowest) touch_slowest = after - before;
  }
  wait(0);
  printf("while another process waited for the disk:\n");
  printf("getpid was answered %d times, and %d pages came when they were touched;\n", turns, touched);
  printf("the slowest getpid took %d steps, the slowest page %d\n", pid_slowest, touch_slowest);
  exit(0);
}
