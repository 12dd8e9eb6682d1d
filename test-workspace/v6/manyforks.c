// Forks many times in a row, and each child ends at once: what a child had must be there again for the next.
//
//   manyforks [count [bytes]]     1000 forks, each child touches so many bytes of its own (8192)
#include "kernel/types.h"
#include "kernel/stat.h"
#include "user/user.h"

// A child's work: touch memory that its parent has not.
static int
child(int number, int bytes)
{
  char *memory = sbrk(bytes);

  if (memory == SBRK_ERROR) return 255;
  for (int i = 0; i < bytes; i += 1024) memory[i] = (char)number;
  for (int i = 0; i < bytes; i += 1024)
    if (memory[i] != (char)number) return 254;
  return number % 100;
}

int
main(int argc, char **argv)
{
  int count = argc > 1 ? atoi(argv[1]) : 1000;
  int bytes = argc > 2 ? atoi(argv[2]) : 8192;

  for (int i = 0; i < count; i++) {
    int status, pid = fork(); //@step fork

    if (pid < 0) {
      printf("manyforks: fork %d of %d failed\n", i + 1, count);
      exit(1);
    }
    if (pid == 0) exit(child(i, bytes));
    if (wait(&status) != pid || status != i % 100) {
      printf("manyforks: child %d ended with %d\n", i + 1, status);
      exit(1);
    }
  }
  printf("manyforks: %d forks, %d children buried\n", count, count);
  exit(0);
}
