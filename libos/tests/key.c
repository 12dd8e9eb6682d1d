// Waits for one byte, whatever it was doing when the byte came.
#include "check.h"

int
main(int argc, char **argv)
{
  (void)argv;
  if (argc > 1) exo_slices_enable();
  int c = console_wait();
  console_write((const char *)&c, 1);
  return 0;
}
