// Threads that do not block the process: of three threads one waits for the disk, one computes, and
// one touches a page that lies on the disk. Waiting is a decision of the library: the read starts
// the transfer and another thread goes on, without the kernel. blocking.c is the contrast.
#include <threads.h>
#include "jobs.h"

#define MEMORY 0x50000000u // where the page on the disk appears

static volatile int waiting = 2;

static int
reads(void *unused)
{
  uint32_t before = rounds, executed = instructions();

  (void)unused;
  disk_read(extent, SECTOR, 1, sector); //@step read
  executed = instructions() - executed;
  printf("reads: '%s'; meanwhile %u rounds, %u instructions\n", sector, rounds - before, executed);
  waiting--;
  return 0;
}

static int
touches(void *unused)
{
  uint32_t before = rounds;
  const char *text = (const char *)MEMORY;
  char first;

  (void)unused;
  first = *(volatile const char *)text; //@step touch
  printf("touches: '%s'; meanwhile %u rounds\n", first ? text : "", rounds - before);
  waiting--;
  return 0;
}

static int
computes(void *unused)
{
  (void)unused;
  while (waiting > 0) rounds++; //@step compute
  return 0;
}

int
main(void)
{
  struct thread *all[3];

  prepare();
  thread_map_extent(MEMORY, 1, (exo_slot)extent, PAGE, EXO_RIGHT_READ);
  all[0] = thread_create("reads", reads, 0);
  all[1] = thread_create("touches", touches, 0);
  all[2] = thread_create("computes", computes, 0);
  for (int i = 0; i < 3; i++) thread_join(all[i]); //@step join
  printf("main: all three are done\n");
  return 0;
}
