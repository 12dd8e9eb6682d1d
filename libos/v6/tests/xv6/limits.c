// What a process may not, and how it hears of it: by an error, or by its end. Its parent goes on.
#include "kernel/types.h"
#include "kernel/stat.h"
#include "kernel/fcntl.h"
#include "kernel/fs.h"
#include "kernel/param.h"
#include "kernel/riscv.h"
#include "user/user.h"

void
touch_every_page(void)
{
  char *a = sbrk(100 * 1024 * 1024);

  if (a == (char *)-1)
    exit(3);
  for (int i = 0; i < 100 * 1024 * 1024; i += PGSIZE)
    a[i] = 1;
}

void
recurse_for_ever(void)
{
  volatile char a[512];

  a[0] = 1;
  recurse_for_ever();
  a[1] = 1;
}

void
below_the_stack(void)
{
  char *sp = (char *)r_sp();

  sp -= USERSTACK * PGSIZE;
  printf("read %d\n", *(volatile char *)sp);
}

void
just_below_the_stack(void)
{
  char *sp = (char *)r_sp();

  sp -= PGSIZE;
  if (write(1, sp, 1) != -1)
    exit(0);
  printf("read %d\n", *(volatile char *)sp);
}

void
null(void)
{
  *(volatile char *)0 = 1;
}

void
try(char *what, void (*f)(void))
{
  int status;

  if (fork() == 0) {
    f();
    exit(0);
  }
  wait(&status);
  printf("%s: %s\n", what, status == -1 ? "killed" : status == 0 ? "NOT NOTICED" : "refused");
}

char block[BSIZE];

int
main(int argc, char *argv[])
{
  int fd, n = 0;

  try("touch 100 megabytes", touch_every_page);
  try("recurse for ever", recurse_for_ever);
  try("read below the stack", below_the_stack);
  try("read a page below the stack pointer", just_below_the_stack);
  try("store to null", null);
  fd = open("big", O_CREATE | O_RDWR);
  while (write(fd, block, BSIZE) == BSIZE)
    n++;
  printf("a file has %d blocks, MAXFILE is %d\n", n, (int)MAXFILE);
  close(fd);
  unlink("big");
  n = 0;
  while (open("/", O_RDONLY) >= 0)
    n++;
  printf("%d more files can be open\n", n);
  exit(0);
}
