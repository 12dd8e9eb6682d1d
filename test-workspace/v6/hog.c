// Takes all that there is of something, tries what needs more of it, and says what it was told. What it took is there again when it
// ends; but the disk stays full until it is cleaned.
//
//   hog memory      every page of the machine, by several processes: one has a table of 1,024 capabilities
//   hog processes   every process
//   hog disk        every block, for files in the directory full
//   hog clean       removes these
#include "kernel/types.h"
#include "kernel/stat.h"
#include "kernel/fcntl.h"
#include "kernel/fs.h"
#include "kernel/riscv.h"
#include "kernel/vm.h"
#include "user/user.h"

#define FILES 64

static int told[2], go[2]; // children say that they have all they can get, and wait for our word to end

static void
say(int condition, const char *what)
{
  printf("hog: %s%s\n", what, condition ? "" : ": NOT SO");
  if (!condition) exit(1);
}

static void
child(int takes_memory)
{
  char c = 0;

  close(go[1]);
  close(told[0]);
  while (takes_memory && sys_sbrk(PGSIZE, SBRK_EAGER) != SBRK_ERROR);
  write(told[1], &c, 1);
  close(told[1]); // there are only so many pipes
  read(go[0], &c, 1); //@step holds
  exit(0);
}

// Forks until there is no process more. Returns how many there were.
static int
fork_all(int takes_memory)
{
  int pid, count = 0, has_told = 1;
  char c;

  pipe(go);
  while (has_told && pipe(told) == 0) {
    pid = fork(); //@step fork
    if (pid == 0) child(takes_memory);
    close(told[1]);
    has_told = pid > 0 && read(told[0], &c, 1) == 1;
    close(told[0]);
    count += has_told;
  }
  return count;
}

static void
let_go(int count)
{
  int dead = 0, status;

  close(go[1]);
  while (wait(&status) > 0) dead += status == 0;
  say(dead == count, "they have ended");
}

static void
memory(void)
{
  int count = fork_all(1);

  say(count > 4, "some processes have all pages");
  say(fork() < 0, "there is none for another");
  say(sys_sbrk(PGSIZE, SBRK_EAGER) == SBRK_ERROR, "nor for the heap");
  let_go(count);
  say(sys_sbrk(64 * PGSIZE, SBRK_EAGER) != SBRK_ERROR, "there are pages again");
}

static void
processes(void)
{
  int count = fork_all(0);

  say(count > 40, "many processes wait");
  say(fork() < 0, "there can be no other");
  let_go(count);
  if (fork() == 0) exit(0);
  say(wait(0) > 0, "there is one again");
}

static char *
name_of(int number)
{
  static char name[] = "full/00";

  name[5] = (char)('0' + number / 10);
  name[6] = (char)('0' + number % 10);
  return name;
}

// Writes until the file is at its longest, or the disk is full.
static void
fill(int fd)
{
  static char blocks[4 * BSIZE];

  while (write(fd, blocks, sizeof blocks) == sizeof blocks); //@step write
  while (write(fd, blocks, BSIZE) == BSIZE);
}

static void
disk(void)
{
  struct stat st;
  int number = 0;

  mkdir("full");
  do {
    int fd = open(name_of(number), O_CREATE | O_WRONLY);

    if (fd < 0) break;
    fill(fd);
    fstat(fd, &st);
    close(fd);
    number++;
  } while (st.size == MAXFILE * BSIZE);
  say(1, "the disk is full");
}

static void
clean(void)
{
  for (int number = 0; number < FILES; number++) unlink(name_of(number));
  say(unlink("full") == 0, "the disk is as it was");
}

int
main(int argc, char **argv)
{
  static const struct {
    const char *name;
    void (*run)(void);
  } all[] = {{"memory", memory}, {"processes", processes}, {"disk", disk}, {"clean", clean}};

  for (uint i = 0; argc == 2 && i < sizeof all / sizeof *all; i++)
    if (strcmp(argv[1], all[i].name) == 0) {
      all[i].run();
      exit(0);
    }
  fprintf(2, "usage: hog memory | processes | disk | clean\n");
  exit(2);
}
