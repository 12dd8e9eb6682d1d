// Copies files, or standard input, to standard output.
#include "kernel/types.h"
#include "kernel/stat.h"
#include "kernel/fcntl.h"
#include "user/user.h"

static char buffer[4096];

static void
copy(int fd, const char *name)
{
  int count;

  while ((count = read(fd, buffer, sizeof buffer)) > 0) //@step read
    if (write(1, buffer, count) != count) {
      fprintf(2, "cat: cannot write\n");
      exit(1);
    }
  if (count < 0) {
    fprintf(2, "cat: cannot read %s\n", name);
    exit(1);
  }
}

int
main(int argc, char **argv)
{
  if (argc == 1) copy(0, "standard input");
  for (int i = 1; i < argc; i++) {
    int fd = open(argv[i], O_RDONLY);

    if (fd < 0) {
      fprintf(2, "cat: cannot open %s\n", argv[i]);
      exit(1);
    }
    copy(fd, argv[i]);
    close(fd);
  }
  exit(0);
}
