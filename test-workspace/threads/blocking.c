// The contrast to threads.c: the same three jobs in a process that has one flow of control, as in
// UNIX v6. Whatever waits for the disk, everything waits.
#include "jobs.h"

static void
computes(void)
{
  for (int i = 0; i < 1000; i++) rounds++; //@step compute
}

static void
reads(void)
{
  uint32_t before = rounds, executed = instructions();

  disk_read(extent, SECTOR, 1, sector); //@step read
  executed = instructions() - executed;
  printf("reads: '%s'; meanwhile %u rounds, %u instructions\n", sector, rounds - before, executed);
}

static void
touches(void)
{
  uint32_t before = rounds;

  disk_read(extent, PAGE, 1, sector);
  printf("touches: '%s'; meanwhile %u rounds\n", sector, rounds - before);
}

int
main(void)
{
  prepare();
  reads();
  touches();
  computes();
  printf("main: all three are done\n");
  return 0;
}
