// A stress test: processes, files, pipes and memory, in rounds, each of which leaves nothing behind. Prints PASSED at the end, or says
// what was wrong and ends with status 1.
//
//   stress [rounds]     3 rounds
#include "kernel/types.h"
#include "kernel/stat.h"
#include "kernel/fcntl.h"
#include "kernel/fs.h"
#include "user/user.h"

#define CHILDREN 4

static char buffer[2 * BSIZE], other[2 * BSIZE];

static void
fail(const char *what, int number)
{
  printf("stress: FAILED: %s (%d)\n", what, number);
  exit(1);
}

static void
expect(int condition, const char *what, int number)
{
  if (!condition) fail(what, number);
}

// Bytes that depend on a seed, so that nobody's are like another's.
static uint
next(uint *seed)
{
  *seed = *seed * 1664525 + 1013904223;
  return *seed >> 16;
}

static void
fill(char *to, int count, uint seed)
{
  for (int i = 0; i < count; i++) to[i] = (char)next(&seed);
}

// prefix, then a digit, as a name.
static char *
name(char *to, const char *prefix, int digit)
{
  int n = strlen(prefix);

  strcpy(to, prefix);
  to[n] = (char)('0' + digit);
  to[n + 1] = 0;
  return to;
}

static int
start(void)
{
  int pid = fork();

  expect(pid >= 0, "fork", pid);
  return pid;
}

// Waits for so many children, all of which must have gone well.
static void
bury(int count)
{
  for (int i = 0; i < count; i++) {
    int status;

    expect(wait(&status) > 0, "wait", i);
    expect(status == 0, "a child's exit status", status);
  }
}

// ---- memory: what a child writes is its own ----

static int shared_word;

static void
memory(int round)
{
  enum { BYTES = 40 * 4096 };
  char *heap = sbrk(BYTES);
  uint seed = round;

  expect(heap != SBRK_ERROR, "sbrk", round);
  fill(heap, BYTES, round);
  shared_word = round;
  for (int i = 0; i < CHILDREN; i++)
    if (start() == 0) {
      for (int at = 0; at < BYTES; at += 1000) heap[at] = (char)i; // each copies what it writes
      shared_word = -i;
      for (int at = 0; at < BYTES; at += 1000)
        if (heap[at] != (char)i) exit(1);
      exit(shared_word != -i);
    }
  bury(CHILDREN);
  expect(shared_word == round, "a child's store in its parent's data", shared_word);
  for (int i = 0; i < BYTES; i++)
    if (heap[i] != (char)next(&seed)) fail("a child's store in its parent's heap", i);
  expect(sbrk(-BYTES) != SBRK_ERROR, "sbrk back", round);
}

// ---- processes: a tree of them, three deep ----

static void
tree(int depth)
{
  if (depth == 0) exit(0);
  for (int i = 0; i < 2; i++)
    if (start() == 0) {
      tree(depth - 1);
      exit(0);
    }
  bury(2);
}

// ---- pipes: a ring of processes hands a number on, and bytes go through in odd pieces ----

static void
ring(int round)
{
  int first[2], in;
  int token = round;

  expect(pipe(first) == 0, "pipe", 0);
  in = first[0];
  for (int i = 0; i < CHILDREN; i++) {
    int out[2];

    expect(pipe(out) == 0, "pipe", i);
    if (start() == 0) {
      int got;

      if (read(in, &got, sizeof got) != sizeof got) exit(1);
      got++;
      exit(write(out[1], &got, sizeof got) != sizeof got);
    }
    close(in);
    close(out[1]);
    in = out[0];
  }
  expect(write(first[1], &token, sizeof token) == sizeof token, "write to the ring", 0);
  close(first[1]);
  expect(read(in, &token, sizeof token) == sizeof token, "read from the ring", 0);
  expect(token == round + CHILDREN, "the number that came round", token);
  expect(read(in, &token, sizeof token) == 0, "the end of a pipe", token);
  close(in);
  bury(CHILDREN);
}

static void
pieces(int round)
{
  enum { BYTES = 5000 };
  int ends[2], total = 0, n;
  uint sent = round, expected = round;

  expect(pipe(ends) == 0, "pipe", 0);
  if (start() == 0) {
    close(ends[0]);
    for (int i = 0, size = 1; i < BYTES; i += size, size = size * 3 % 1021 + 1) {
      if (size > BYTES - i) size = BYTES - i;
      for (int at = 0; at < size; at++) buffer[at] = (char)next(&sent);
      if (write(ends[1], buffer, size) != size) exit(1);
    }
    exit(0);
  }
  close(ends[1]);
  while ((n = read(ends[0], buffer, 700)) > 0) {
    for (int at = 0; at < n; at++)
      if (buffer[at] != (char)next(&expected)) fail("a byte out of a pipe", total + at);
    total += n;
  }
  expect(n == 0 && total == BYTES, "bytes out of a pipe", total);
  close(ends[0]);
  bury(1);
}

// ---- files: several processes, each with a file of its own, in one directory ----

static void
one_file(const char *path, uint seed)
{
  int fd = open(path, O_CREATE | O_RDWR);

  expect(fd >= 0, "create", seed);
  for (int block = 0; block < 8; block++) {
    fill(buffer, sizeof buffer, seed + block);
    expect(write(fd, buffer, sizeof buffer) == sizeof buffer, "write", block);
  }
  close(fd);
  fd = open(path, O_RDONLY);
  for (int block = 0; block < 8; block++) {
    fill(buffer, sizeof buffer, seed + block);
    expect(read(fd, other, sizeof other) == sizeof other, "read", block);
    expect(memcmp(buffer, other, sizeof buffer) == 0, "what a file holds", block);
  }
  expect(read(fd, other, 1) == 0, "the end of a file", 0);
  close(fd);
}

static void
files(int round)
{
  char path[16], second[16];
  struct stat st;

  expect(mkdir("stress.d") == 0, "mkdir", round);
  expect(chdir("stress.d") == 0, "chdir", round);
  for (int i = 0; i < CHILDREN; i++)
    if (start() == 0) {
      one_file(name(path, "f", i), 100 * round + i);
      exit(0);
    }
  bury(CHILDREN);
  for (int i = 0; i < CHILDREN; i++) {
    expect(stat(name(path, "f", i), &st) == 0 && st.size == 8 * sizeof buffer, "size", i);
    expect(link(path, name(second, "g", i)) == 0, "link", i);
    expect(stat(second, &st) == 0 && st.nlink == 2, "names of a file", st.nlink);
    expect(unlink(path) == 0, "unlink", i);
    expect(open(path, O_RDONLY) < 0, "a name that was taken away", i);
    expect(unlink("../stress.d") < 0, "a directory that is not empty", i);
    expect(unlink(second) == 0, "unlink", i);
  }
  expect(chdir("..") == 0, "chdir ..", round);
  expect(unlink("stress.d") == 0, "the directory", round);
}

// ---- one directory, many hands: the same names are made and taken away by all at once ----

static void
quarrel(int round)
{
  char path[16];

  for (int i = 0; i < CHILDREN; i++)
    if (start() == 0) {
      uint seed = 1000 * round + i;

      for (int n = 0; n < 20; n++) {
        int fd = open(name(path, "quarrel", next(&seed) % 3), O_CREATE | O_RDWR);

        if (fd >= 0) {
          write(fd, path, sizeof path);
          close(fd);
        }
        unlink(name(path, "quarrel", next(&seed) % 3));
      }
      exit(0);
    }
  bury(CHILDREN);
  for (int i = 0; i < 3; i++) unlink(name(path, "quarrel", i));
}

// ---- a process that is killed while it waits, and one that runs for ever ----

static void
killing(int round)
{
  int ends[2], status, waits, runs;
  char c;

  expect(pipe(ends) == 0, "pipe", round);
  waits = start();
  if (waits == 0) exit(read(ends[0], &c, 1)); // nobody ever writes, and it holds the other end itself
  runs = start();
  if (runs == 0)
    for (volatile int turns = 0;; turns++);
  close(ends[0]);
  close(ends[1]);
  sleep(2);
  expect(kill(waits) == 0, "kill one that waits", waits);
  expect(kill(runs) == 0, "kill one that runs", runs);
  for (int i = 0; i < 2; i++) {
    int pid = wait(&status);

    expect(pid == waits || pid == runs, "who was killed", pid);
    expect(status != 0, "exit status of who was killed", status);
  }
}

int
main(int argc, char **argv)
{
  int rounds = argc > 1 ? atoi(argv[1]) : 3;

  for (int round = 1; round <= rounds; round++) {
    printf("stress: round %d: memory\n", round); //@step round
    memory(round);
    printf("stress: round %d: processes\n", round);
    tree(3);
    printf("stress: round %d: pipes\n", round);
    ring(round);
    pieces(round);
    printf("stress: round %d: files\n", round);
    files(round);
    quarrel(round);
    printf("stress: round %d: killing\n", round);
    killing(round);
  }
  printf("PASSED\n");
  exit(0);
}
