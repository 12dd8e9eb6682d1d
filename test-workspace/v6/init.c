// The first process. It opens the console as descriptors 0, 1 and 2, which every other process inherits, starts a shell, and waits: for
// the shell, to start another, and for the orphans of the world, whose parent it has become.
//
//   init [program [argument...]]     another program than sh
#include "kernel/types.h"
#include "kernel/stat.h"
#include "kernel/fcntl.h"
#include "kernel/file.h"
#include "user/user.h"

static char *shell[] = {"sh", 0};

// Descriptor 0 is the lowest that is free, so the console becomes it.
static void
open_console(void)
{
  if (open("console", O_RDWR) < 0) {
    mknod("console", CONSOLE, 0); //@step first
    open("console", O_RDWR);
  }
  dup(0);
  dup(0);
}

static int
start(char **command)
{
  int pid = fork(); //@step start

  if (pid < 0) {
    printf("init: there is no process for %s\n", command[0]);
    exit(1);
  }
  if (pid == 0) {
    exec(command[0], command);
    printf("init: cannot run %s\n", command[0]);
    exit(127);
  }
  return pid;
}

// Waits until the process has ended, and buries whoever ends before it. Returns its exit status.
static int
reap_until(int pid)
{
  for (;;) {
    int status, dead = wait(&status); //@step reap

    if (dead == pid) return status;
    if (dead < 0) {
      printf("init: wait failed\n");
      exit(1);
    }
  }
}

int
main(int argc, char **argv)
{
  char **command = argc > 1 ? argv + 1 : shell;

  open_console();
  for (;;) {
    printf("init: starting %s\n", command[0]);
    // What cannot be run today cannot be run in the next moment either.
    if (reap_until(start(command)) == 127) exit(127);
  }
}
