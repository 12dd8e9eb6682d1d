// What files there are: name, kind (1 directory, 2 file, 3 device), inode, size; with -l also mode, owner and names.
#include "kernel/types.h"
#include "kernel/stat.h"
#include "kernel/fcntl.h"
#include "kernel/fs.h"
#include "user/user.h"

static int long_form;

// Writes the name in the width of a directory's entry.
static void
print_name(const char *name)
{
  int length = strlen(name);

  printf("%s", name);
  for (; length < DIRSIZ; length++) printf(" ");
}

static void
print_mode(const struct stat *st)
{
  char text[11];

  text[0] = st->type == T_DIR ? 'd' : st->type == T_DEVICE ? 'c' : '-';
  for (int i = 0; i < 9; i++) text[i + 1] = st->mode & 0400 >> i ? "rwxrwxrwx"[i] : '-';
  text[10] = 0;
  printf("%s %d %d ", text, st->nlink, st->uid);
}

static void
print_file(const char *name, const struct stat *st)
{
  if (long_form) print_mode(st);
  print_name(name);
  printf(" %d %d %d\n", st->type, st->ino, (int)st->size);
}

// What is behind the last slash of a path.
static const char *
last_part(const char *path)
{
  const char *part = path;

  for (; *path; path++)
    if (*path == '/' && path[1]) part = path + 1;
  return part;
}

static void
list_directory(const char *path, int fd)
{
  static char name[512 + DIRSIZ + 1];
  struct dirent entry;
  uint length = strlen(path);

  if (length > 512) {
    fprintf(2, "ls: the path is too long\n");
    return;
  }
  strcpy(name, path);
  name[length++] = '/';
  while (read(fd, &entry, sizeof entry) == sizeof entry) { //@step entry
    struct stat st;

    if (entry.inum == 0) continue;
    memmove(name + length, entry.name, DIRSIZ);
    name[length + DIRSIZ] = 0;
    if (stat(name, &st) == 0)
      print_file(name + length, &st);
    else // we may not open it: the directory tells less, but something
      printf("%s: cannot be looked at (inode %d)\n", name + length, entry.inum);
  }
}

static int
list(const char *path)
{
  struct stat st;
  int fd = open(path, O_RDONLY);

  if (fd < 0 || fstat(fd, &st) < 0) {
    fprintf(2, "ls: cannot open %s\n", path);
    if (fd >= 0) close(fd);
    return 1;
  }
  if (st.type == T_DIR)
    list_directory(path, fd);
  else
    print_file(last_part(path), &st);
  close(fd);
  return 0;
}

int
main(int argc, char **argv)
{
  int first = 1, failed = 0;

  if (argc > 1 && strcmp(argv[1], "-l") == 0) {
    long_form = 1;
    first++;
  }
  if (first == argc) failed = list(".");
  for (; first < argc; first++) failed |= list(argv[first]);
  exit(failed);
}
