// Counts lines, words and bytes of files, or of standard input.
#include "kernel/types.h"
#include "kernel/stat.h"
#include "kernel/fcntl.h"
#include "user/user.h"

struct counts {
  uint lines, words, bytes;
};

static char buffer[4096];

static void
print(const struct counts *counts, const char *name)
{
  printf("%u %u %u%s%s\n", counts->lines, counts->words, counts->bytes, *name ? " " : "", name);
}

// Adds what the file has. Returns 0 where it cannot be read.
static int
count(int fd, struct counts *counts)
{
  int n, in_word = 0;

  while ((n = read(fd, buffer, sizeof buffer)) > 0) {
    counts->bytes += n;
    for (int i = 0; i < n; i++) {
      int is_space = buffer[i] && strchr(" \t\r\n\v", buffer[i]) != 0;

      if (buffer[i] == '\n') counts->lines++;
      if (!is_space && !in_word) counts->words++;
      in_word = !is_space;
    }
  }
  return n == 0;
}

int
main(int argc, char **argv)
{
  struct counts total = {0, 0, 0};
  int failed = 0;

  if (argc == 1) {
    failed = !count(0, &total);
    print(&total, "");
  }
  for (int i = 1; i < argc; i++) {
    struct counts counts = {0, 0, 0};
    int fd = open(argv[i], O_RDONLY);

    if (fd < 0 || !count(fd, &counts)) {
      fprintf(2, "wc: cannot read %s\n", argv[i]);
      failed = 1;
    } else {
      print(&counts, argv[i]);
      total.lines += counts.lines;
      total.words += counts.words;
      total.bytes += counts.bytes;
    }
    if (fd >= 0) close(fd);
  }
  if (argc > 2) print(&total, "total");
  exit(failed);
}
