// One operation of UNIX again and again, between two marks that the kernel's events show: what it costs is counted outside
// (`npm run bench`, --only mono). Compiled from this one source for v6 and for mono.
//
//   operations name [count]
#include <exo.h>
#include "kernel/types.h"
#include "kernel/stat.h"
#include "kernel/fcntl.h"
#include "user/user.h"

#define PAGE 4096

static char page[PAGE];
static char *memory;
static int file, to[2], from[2];

// The kernel tells of it: an entry that nobody uses gets an address, which is the mark.
static void
mark(int number)
{
  exo_env_set_entry(0, EXO_ENTRY_PACKET, (uint)number);
}

static void
nothing(int turn)
{
  (void)turn;
}

static void
do_getpid(int turn)
{
  (void)turn;
  getpid(); //@step getpid
}

static void
do_dup(int turn)
{
  (void)turn;
  close(dup(0));
}

static void
do_sbrk(int turn)
{
  (void)turn;
  sbrk(PAGE);
}

static void
reserve(int count)
{
  memory = sbrk(count * PAGE);
}

// The first touch of a page that sbrk has promised.
static void
touch(int turn)
{
  memory[turn * PAGE] = 1; //@step touch
}

// Pages that a child shares, so that a store copies each.
static void
share(int count)
{
  char c;

  reserve(count);
  for (int i = 0; i < count; i++) touch(i);
  pipe(to);
  if (fork() != 0) return;
  close(to[1]);
  read(to[0], &c, 1); // until its parent ends
  exit(0);
}

static void
open_file(int count)
{
  file = open("operations.f", O_CREATE | O_RDWR);
  for (int i = 0; i < count; i++) write(file, page, PAGE);
  close(file);
  file = open("operations.f", O_RDWR);
}

static void
do_read(int turn)
{
  (void)turn;
  read(file, page, PAGE);
}

static void
do_write(int turn)
{
  (void)turn;
  write(file, page, PAGE);
}

static void
do_open(int turn)
{
  (void)turn;
  close(open("operations.f", O_RDONLY));
}

static void
open_pipes(int count)
{
  char c;

  (void)count;
  pipe(to);
  pipe(from);
  if (fork() != 0) return;
  close(to[1]);
  while (read(to[0], &c, 1) == 1) write(from[1], &c, 1);
  exit(0);
}

// A byte to another process, and one back.
static void
ping(int turn)
{
  char c = (char)turn;

  write(to[1], &c, 1); //@step ping
  read(from[0], &c, 1);
}

// As a call of a server by pipes: so many bytes there, and 32 back.
static void
exchange(int bytes)
{
  for (int done = 0; done < bytes; ) done += write(to[1], page + done, bytes - done);
  for (int done = 0; done < 32; ) done += read(from[0], page + done, 32 - done);
}

static void
serve_pipes(int bytes)
{
  pipe(to);
  pipe(from);
  if (fork() != 0) return;
  close(to[1]);
  for (;;) {
    for (int done = 0; done < bytes; ) {
      int got = read(to[0], page + done, bytes - done);

      if (got <= 0) exit(0);
      done += got;
    }
    write(from[1], page, 32);
  }
}

static void
open_words(int count)
{
  (void)count;
  serve_pipes(32);
}

static void
do_words(int turn)
{
  (void)turn;
  exchange(32);
}

static void
open_page(int count)
{
  (void)count;
  serve_pipes(PAGE);
}

static void
do_page(int turn)
{
  (void)turn;
  exchange(PAGE);
}

// A page one way: the reader keeps up.
static void
open_stream(int count)
{
  (void)count;
  pipe(to);
  if (fork() != 0) return;
  close(to[1]);
  while (read(to[0], page, PAGE) > 0) { //@step stream
  }
  exit(0);
}

static void
do_stream(int turn)
{
  (void)turn;
  for (int done = 0; done < PAGE;) done += write(to[1], page + done, PAGE - done);
}

// A file comes, holds a little, and goes.
static void
do_small(int turn)
{
  int fd = open("small.f", O_CREATE | O_WRONLY);

  (void)turn;
  write(fd, page, 100);
  close(fd);
  unlink("small.f");
}

static void
do_fork(int turn)
{
  (void)turn;
  if (fork() == 0) exit(0); //@step fork
  wait(0);
}

// A process that has touched so many pages: they are shared, not copied.
static void
touch_hundred(int count)
{
  (void)count;
  reserve(100);
  for (int i = 0; i < 100; i++) touch(i);
}

static void
do_exec(int turn)
{
  char *arguments[] = {"operations", 0};

  (void)turn;
  if (fork() == 0) {
    exec(arguments[0], arguments);
    exit(1);
  }
  wait(0);
}

// A whole file of 200 KiB, from its begin to its end.
static void
do_put(int turn)
{
  int fd = open("long.f", O_CREATE | O_WRONLY | O_TRUNC);

  (void)turn;
  for (int i = 0; i < 50; i++) write(fd, page, PAGE);
  close(fd);
}

static void
put_one(int count)
{
  do_put(count);
}

static void
do_get(int turn)
{
  int fd = open("long.f", O_RDONLY);

  (void)turn;
  while (read(fd, page, PAGE) > 0) {
  }
  close(fd);
}

// Writes of so many bytes to a pipe whose reader keeps up.
static void
do_single(int turn)
{
  (void)turn;
  write(to[1], page, 1);
}

static void
do_sector(int turn)
{
  (void)turn;
  write(to[1], page, 512);
}

static const struct {
  const char *name;
  void (*prepare)(int count);
  void (*act)(int turn);
} operations[] = {
    {"nothing", 0, nothing},        {"getpid", 0, do_getpid},      {"dup", 0, do_dup},
    {"sbrk", 0, do_sbrk},           {"touch", reserve, touch},     {"copy", share, touch},
    {"read", open_file, do_read},   {"write", open_file, do_write}, {"open", open_file, do_open},
    {"ping", open_pipes, ping},     {"fork", 0, do_fork},          {"exec", 0, do_exec},
    {"words", open_words, do_words}, {"page", open_page, do_page}, {"stream", open_stream, do_stream},
    {"small", 0, do_small},         {"hundred", touch_hundred, do_fork},
    {"put", put_one, do_put},       {"get", put_one, do_get},
    {"single", open_stream, do_single}, {"sector", open_stream, do_sector},
};

int
main(int argc, char **argv)
{
  int count = argc > 2 ? atoi(argv[2]) : 16;

  if (argc < 2) exit(0);
  for (uint i = 0; i < sizeof operations / sizeof *operations; i++) {
    if (strcmp(operations[i].name, argv[1]) != 0) continue;
    if (operations[i].prepare) operations[i].prepare(count + 2);
    // The first ones find less in memory than all others.
    for (int turn = 0; turn < 2; turn++) operations[i].act(turn);
    mark(2);
    for (int turn = 0; turn < count; turn++) operations[i].act(turn + 2);
    mark(4);
    exit(0);
  }
  fprintf(2, "operations: there is none called %s\n", argv[1]);
  exit(2);
}
