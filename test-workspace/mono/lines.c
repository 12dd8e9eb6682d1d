// Writes lines of 10, 20, 30, 40 and 50 letters. Nothing is wrong with it.
#include "kernel/types.h"
#include "kernel/stat.h"
#include "user/user.h"

int
main(void)
{
  char line[51];

  for (int length = 10; length <= 50; length += 10) {
    memset(line, 'a' + length / 10 - 1, (uint)length);
    line[length] = '\n';
    write(1, line, length + 1); //@step line
  }
  exit(0);
}
