// Absurd arguments to every call: pointers that point nowhere, numbers that are none, names and paths that are too long, directories too
// deep, and everything until there is no more of it. A call must say no, and everything must be as it was. Prints a line for each
// check, and ALL OK at the end.
//
//   absurd [group]     only the checks of one group: pointers, numbers, names, files, processes, memory, disk
#include "kernel/types.h"
#include "kernel/stat.h"
#include "kernel/fcntl.h"
#include "kernel/fs.h"
#include "kernel/memlayout.h"
#include "kernel/param.h"
#include "kernel/riscv.h"
#include "user/user.h"

static const char *group;
static int wrong;

static void
check(int condition, const char *what)
{
  printf("%s: %s%s\n", group, what, condition ? "" : " -- WRONG");
  if (!condition) wrong++;
}

// How a child ends. Its checks print nothing; its exit status says what it found.
typedef int child_function(void *argument);

static int
in_child(child_function *function, void *argument)
{
  int status, pid = fork();

  if (pid < 0) return -99;
  if (pid == 0) exit(function(argument));
  if (wait(&status) != pid) return -98;
  return status;
}

// ---- pointers ----

// Null, the end of the heap, what lies below the stack and above it, and the upper half of the address space.
static char *const nowhere[] = {
    (char *)0,          (char *)4,          (char *)0x3ffffff0, (char *)0x7fd00000, (char *)TRAMPOLINE,
    (char *)KERNBASE,   (char *)0xc0000000, (char *)0xfffff000, (char *)0xfffffffc, (char *)0xffffffff,
};
#define NOWHERE (sizeof nowhere / sizeof *nowhere)

static void
bad_pointers(void)
{
  int fd = open("absurd.f", O_CREATE | O_RDWR), ends[2], refused = 0;
  char *text = (char *)bad_pointers; // may be read and executed, not written
  char *argv[] = {"echo", 0};
  struct stat st;

  pipe(ends);
  for (uint i = 0; i < NOWHERE; i++) {
    char *p = nowhere[i];

    refused += read(fd, p, 10) < 0 || p == 0;
    refused += write(fd, p, 10) < 0;
    refused += write(ends[1], p, 10) < 0;
    refused += fstat(fd, (struct stat *)p) < 0;
    refused += pipe((int *)p) < 0;
    refused += open(p, O_RDONLY) < 0 && open(p, O_CREATE | O_RDWR) < 0;
    refused += link(p, "absurd.g") < 0 && link("absurd.f", p) < 0;
    refused += unlink(p) < 0;
    refused += mkdir(p) < 0 && mknod(p, 1, 1) < 0;
    refused += chdir(p) < 0;
    refused += chmod(p, 0777) < 0 && chown(p, 1) < 0;
    refused += exec(p, argv) < 0;
  }
  check(refused == 12 * NOWHERE, "every call refuses every pointer that points nowhere");
  check(fstat(fd, &st) == 0 && st.size == 0, "nothing was written by the refused calls");
  check(read(fd, text, 10) < 0 || st.size == 0, "a read into the program's text is refused");
  check(write(fd, "0123456789", 10) == 10, "a write in order goes well after it");
  close(fd);
  fd = open("absurd.f", O_RDONLY);
  check(read(fd, text, 10) < 0, "a read of ten bytes into the program's text is refused");
  check(fstat(fd, (struct stat *)text) < 0, "and so is an fstat into it");
  close(fd);
  close(ends[0]);
  close(ends[1]);
  unlink("absurd.f");
}

static int
bad_wait(void *argument)
{
  if (fork() == 0) exit(0);
  return wait((int *)argument) >= 0;
}

static int
exec_with(void *argument)
{
  exec("echo", (char **)argument);
  return 0;
}

static void
bad_arguments(void)
{
  char *bad_string[] = {"echo", (char *)0xfffffff0, 0};
  char *endless[MAXARG + 2];
  static char longest[2 * PGSIZE];
  char *too_long[] = {"echo", longest, 0};

  for (int i = 0; i < MAXARG + 2; i++) endless[i] = "x";
  memset(longest, 'x', sizeof longest - 1);
  check(in_child(bad_wait, (void *)KERNBASE) == 0, "wait refuses a status that points nowhere");
  check(in_child(exec_with, (void *)0xfffffff0) == 0, "exec refuses arguments that point nowhere");
  check(in_child(exec_with, bad_string) == 0, "exec refuses an argument that points nowhere");
  check(in_child(exec_with, endless) == 0, "exec refuses a list of arguments without an end");
  check(in_child(exec_with, too_long) == 0, "exec refuses an argument that is longer than a page");
}

// A string, and a buffer, that run into a page that is not there.
static void
half_pointers(void)
{
  char *end;
  int fd = open("absurd.f", O_CREATE | O_RDWR);

  sbrk(PGSIZE - (uint)sbrk(0) % PGSIZE);
  end = sbrk(0);
  memset(end - 4, 'x', 4);
  check(open(end - 4, O_RDONLY) < 0, "a path that runs off the end of the heap is refused");
  check(write(fd, end - 4, 8) < 0, "a write that runs off the end of the heap is refused");
  check(write(fd, end - 4, 4) == 4, "one that ends with the heap goes well");
  close(fd);
  unlink("absurd.f");
}

static int
touch(void *address)
{
  *(volatile char *)address = 1;
  return 0;
}

static void
touched_pointers(void)
{
  int killed = 0;

  for (uint i = 0; i < NOWHERE; i++) killed += in_child(touch, nowhere[i]) != 0;
  killed += in_child(touch, (void *)touched_pointers) != 0;
  check(killed == NOWHERE + 1, "who stores where nothing is, or in its text, ends, and its parent goes on");
}

static void
pointers(void)
{
  bad_pointers();
  bad_arguments();
  half_pointers();
  touched_pointers();
}

// ---- numbers ----

static void
numbers(void)
{
  static const int bad_fds[] = {-1, -2147483647 - 1, 3 + NOFILE, NOFILE, 1000000, 2147483647};
  char c = 'x';
  struct stat st;
  int refused = 0, fd;

  for (uint i = 0; i < sizeof bad_fds / sizeof *bad_fds; i++) {
    refused += read(bad_fds[i], &c, 1) < 0;
    refused += write(bad_fds[i], &c, 1) < 0;
    refused += close(bad_fds[i]) < 0;
    refused += dup(bad_fds[i]) < 0;
    refused += fstat(bad_fds[i], &st) < 0;
  }
  check(refused == 5 * sizeof bad_fds / sizeof *bad_fds, "descriptors that are none are refused");
  fd = open("absurd.f", O_CREATE | O_WRONLY);
  check(read(fd, &c, 1) < 0, "what was opened to write is not read");
  check(write(fd, &c, -1) < 0, "minus one byte is not written");
  check(write(fd, &c, 2147483647) < 0, "nor is more than there is memory");
  check(write(fd, &c, 0) == 0, "no byte is written at once");
  close(fd);
  fd = open("absurd.f", O_RDONLY);
  check(write(fd, &c, 1) < 0, "what was opened to read is not written");
  check(read(fd, &c, -5) < 0, "minus five bytes are not read");
  close(fd);
  check(close(fd) < 0, "what is closed cannot be closed");
  unlink("absurd.f");
  check(kill(-1) < 0 && kill(0) < 0 && kill(2147483647) < 0, "processes that are none are not killed");
  check(wait(0) < 0, "who has no children does not wait");
  check(sleep(0) == 0 && sleep(-1) <= 0, "no time and less are slept at once");
}

// ---- names ----

static void
names(void)
{
  static char long_path[3000], longest_name[DIRSIZ + 1], longer_name[DIRSIZ + 2];
  int fd, depth;

  memset(long_path, '/', sizeof long_path - 1);
  check(open(long_path, O_RDONLY) < 0, "a path of three thousand slashes is refused");
  memset(long_path, 'a', sizeof long_path - 1);
  check(open(long_path, O_CREATE | O_RDWR) < 0, "so is a name of three thousand letters");
  memset(longest_name, 'n', DIRSIZ);
  fd = open(longest_name, O_CREATE | O_RDWR);
  check(fd >= 0, "a name of 14 letters is possible");
  close(fd);
  memset(longer_name, 'n', DIRSIZ + 1);
  // xv6 looks at 14 letters and forgets the rest; other systems refuse. Either is an answer, a second file is none.
  fd = open(longer_name, O_RDONLY);
  check(fd < 0 || unlink(longer_name) == 0, "one of 15 is the same or none");
  if (fd >= 0) close(fd);
  unlink(longest_name);

  check(open("", O_CREATE | O_RDWR) < 0, "the empty path is refused");
  check(open("absurd.no/f", O_CREATE | O_RDWR) < 0, "a file in a directory that is not there is refused");
  check(mkdir("/") < 0 && unlink("/") < 0, "the root is neither made nor removed");
  check(unlink(".") < 0 && unlink("..") < 0, "neither are . and ..");
  check(open(".", O_RDWR) < 0, "a directory is not opened to be written");
  check(link(".", "absurd.l") < 0, "a directory gets no second name");

  mkdir("absurd.d");
  check(mkdir("absurd.d") < 0, "what is there is not made again");
  check(link("absurd.no", "absurd.d/l") < 0, "what is not there gets no name");
  for (depth = 0; depth < 40 && mkdir("absurd.x") == 0 && chdir("absurd.x") == 0; depth++);
  check(depth == 40, "forty directories lie in each other");
  for (; depth > 0; depth--)
    if (chdir("..") < 0 || unlink("absurd.x") < 0) break;
  check(depth == 0, "and are removed from the inside out");

  chdir("absurd.d");
  check(unlink("../absurd.d") == 0, "the directory that one is in can be removed");
  check(open("f", O_CREATE | O_RDWR) < 0 && mkdir("d") < 0, "nothing is made in it after that");
  check(chdir("/") == 0, "and one gets out of it");
}

// ---- files, until there are no more ----

static int
take_descriptors(void *argument)
{
  int ends[2], count = 0, fd;

  (void)argument;
  while ((fd = open(".", O_RDONLY)) >= 0) count++;
  if (count > NOFILE || pipe(ends) >= 0 || dup(0) >= 0) return 1;
  close(3);
  if (pipe(ends) >= 0) return 2; // one is not enough
  return open(".", O_RDONLY) == 3 ? 0 : 3;
}

static int
reader_gone(void *argument)
{
  int ends[2];

  (void)argument;
  pipe(ends);
  close(ends[0]);
  return write(ends[1], "x", 1) >= 0;
}

// Each takes as many as it can get, and tells that it has; together they want more than the world has.
static void
take_all_files(void)
{
  int told[2], count = 0, go[2];
  char c;

  pipe(told);
  pipe(go);
  for (int i = 0; i < 10; i++)
    if (fork() == 0) {
      close(go[1]);
      while (open("/", O_RDONLY) >= 0);
      write(told[1], "x", 1);
      read(go[0], &c, 1); // until all are closed
      exit(0);
    }
  close(told[1]);
  close(go[0]);
  while (count < 10 && read(told[0], &c, 1) == 1) count++;
  check(count == 10, "ten processes take all open files of the world");
  close(go[1]);
  close(told[0]);
  while (wait(0) >= 0);
  count = open("/", O_RDONLY);
  check(count >= 0, "when they have ended there are some again");
  close(count);
}

static void
files(void)
{
  check(in_child(take_descriptors, 0) == 0, "descriptors end at the limit, and a closed one is the next");
  check(in_child(reader_gone, 0) == 0, "a pipe that nobody can read is not written");
  take_all_files();
}

// ---- processes, until there are no more ----

static int
fork_all(void *argument)
{
  int count = 0, pid, *go = argument;
  char c;

  while ((pid = fork()) > 0) count++;
  if (pid == 0) {
    close(go[1]);
    exit(read(go[0], &c, 1)); // until its grandparent closes the other end
  }
  if (count >= NPROC || count < 10) return 1;
  return fork() >= 0; // still none
}

static void
processes(void)
{
  int pid = -1, status, go[2];

  pipe(go);
  check(in_child(fork_all, go) == 0, "processes end at the limit");
  // They are orphans now: process 1 waits for them, if it waits for anything, and we cannot.
  close(go[0]);
  close(go[1]);
  for (int tries = 0; tries < 200; tries++) {
    pid = fork();
    if (pid == 0) exit(7);
    if (pid > 0) break;
    sleep(10);
  }
  check(pid > 0 && wait(&status) == pid && status == 7, "when they have ended there are some again");
}

// ---- memory, until there is no more ----

static int
touch_all(void *argument)
{
  (void)argument;
  for (;;) {
    char *page = sbrk(PGSIZE);

    if (page == SBRK_ERROR) return 1;
    *page = 1;
  }
}

static void
memory(void)
{
  enum { MANY = 100 * 1024 * 1024 };
  char *begin = sbrk(0), *lazy = sbrk(MANY);

  check(lazy == begin, "a hundred megabytes are promised, of which the machine has 16");
  lazy[0] = 1;
  lazy[MANY / 2] = 2;
  lazy[MANY - 1] = 3;
  check(lazy[0] == 1 && lazy[MANY / 2] == 2 && lazy[MANY - 1] == 3 && lazy[5000] == 0, "three pages of them are used");
  check(sbrk(-MANY) == begin + MANY && sbrk(0) == begin, "they are given back");
  check(in_child(touch, begin + 2 * PGSIZE) != 0, "and are not there any more");
  check(sbrk(2147483647) == SBRK_ERROR, "two gigabytes are refused");
  check(sbrk(-2147483647 - 1) == SBRK_ERROR, "so is less than nothing");
  check(sbrk(0) == begin, "the heap is as it was");
  check(malloc(0x7fffffff) == 0 && malloc(0xfffffff8) == 0, "malloc refuses what cannot be");
  check(in_child(touch_all, 0) != 0, "who touches more than there is ends");
  check(in_child(touch_all, 0) != 0, "and so does the next, which found memory again");
  lazy = sbrk(16 * PGSIZE);
  for (int i = 0; i < 16; i++) lazy[i * PGSIZE] = (char)i;
  check(lazy[15 * PGSIZE] == 15, "then there is enough for us");
  sbrk(-16 * PGSIZE);
}

// ---- the disk, until it is full ----

static char blocks4[4 * BSIZE];

// Writes until no more can be: of a file, or of the disk. Returns how many blocks there are then; the last write may have done a part.
static int
fill(int fd)
{
  struct stat st = {0};

  while (write(fd, blocks4, sizeof blocks4) > 0);
  while (write(fd, blocks4, BSIZE) == BSIZE);
  fstat(fd, &st);
  return (int)(st.size / BSIZE);
}

static void
disk(void)
{
  char name[] = "absurd.00";
  int fd, count, longest = 0, last = 0;

  for (count = 0; count < 99; count++) {
    name[7] = (char)('0' + count / 10);
    name[8] = (char)('0' + count % 10);
    fd = open(name, O_CREATE | O_RDWR);
    if (fd < 0) break;
    last = fill(fd);
    close(fd);
    if (count == 0) longest = last;
    if (last < longest) break;
  }
  check(longest == (int)MAXFILE || count == 0, "a file ends at its longest, or with the disk");
  check(count < 99 && last < longest, "the disk is filled");
  check(mkdir("absurd.d") < 0 || unlink("absurd.d") == 0, "a directory finds a block, or is refused");
  fd = open("absurd.e", O_CREATE | O_RDWR);
  check(fd < 0 || write(fd, blocks4, BSIZE) != BSIZE, "another file finds none");
  if (fd >= 0) close(fd);
  unlink("absurd.e");
  for (; count >= 0; count--) {
    name[7] = (char)('0' + count / 10);
    name[8] = (char)('0' + count % 10);
    unlink(name);
  }
  fd = open("absurd.e", O_CREATE | O_RDWR);
  check(fd >= 0 && write(fd, blocks4, BSIZE) == BSIZE, "when all is removed there is room again");
  close(fd);
  unlink("absurd.e");
}

int
main(int argc, char **argv)
{
  static const struct {
    const char *name;
    void (*run)(void);
  } groups[] = {
      {"pointers", pointers}, {"numbers", numbers},     {"names", names}, {"files", files},
      {"memory", memory},     {"processes", processes}, {"disk", disk},
  };

  for (uint i = 0; i < sizeof groups / sizeof *groups; i++) {
    if (argc > 1 && strcmp(argv[1], groups[i].name) != 0) continue;
    group = groups[i].name;
    groups[i].run(); //@step group
  }
  if (wrong) printf("absurd: %d WRONG\n", wrong);
  else printf("ALL OK\n");
  exit(wrong != 0);
}
