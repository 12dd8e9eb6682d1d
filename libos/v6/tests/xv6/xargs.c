// Runs a command for each line of its input, with the words of the line behind its arguments.
#include "kernel/types.h"
#include "kernel/stat.h"
#include "kernel/param.h"
#include "user/user.h"

int
main(int argc, char *argv[])
{
  char line[128], *args[MAXARG], *p;
  int n;

  if (argc < 2) {
    fprintf(2, "usage: xargs command ...\n");
    exit(1);
  }
  for (;;) {
    gets(line, sizeof(line));
    if (line[0] == 0)
      break;
    n = 0;
    for (int i = 1; i < argc; i++)
      args[n++] = argv[i];
    for (p = line; *p; ) {
      while (strchr(" \n", *p) && *p)
        *p++ = 0;
      if (*p && n < MAXARG - 1)
        args[n++] = p;
      while (*p && !strchr(" \n", *p))
        p++;
    }
    args[n] = 0;
    if (fork() == 0) {
      exec(args[0], args);
      fprintf(2, "xargs: exec %s failed\n", args[0]);
      exit(1);
    }
    wait(0);
  }
  exit(0);
}
