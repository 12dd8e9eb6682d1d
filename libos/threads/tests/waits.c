// Each kind of waiting blocks one thread: how much do the others do meanwhile?
#include "../../tests/check.h"
#include <disk.h>
#include <threads.h>

#define MAPPED 0x50000000u

static volatile int stop;
static volatile uint32_t count;
static exo_slot extent;
static _Alignas(512) char buffer[512];

static int
computes(void *argument)
{
  (void)argument;
  while (!stop) count++;
  return 0;
}

static int
reads(void *argument)
{
  (void)argument;
  CHECK(disk_read(extent, 0, 1, buffer) == 0);
  return buffer[0];
}

static int
faults(void *argument)
{
  return *(volatile char *)(MAPPED + (uint32_t)argument);
}

static int
sleeps(void *argument)
{
  uint64_t at = thread_clock() + (uint32_t)argument;

  thread_sleep_until(at);
  CHECK(thread_clock() >= at);
  CHECK(thread_clock() < at + 25000); // a slice may pass before anybody looks
  return 5;
}

static int
types(void *argument)
{
  (void)argument;
  return getchar();
}

// Joins a thread that waits, and says whether another counted meanwhile.
static void
check_others_ran(const char *what, struct thread *waiting, int result)
{
  uint32_t before = count;

  CHECK(thread_join(waiting) == result);
  printf("%s: the others %s\n", what, count - before > 150 ? "ran" : "waited");
}

int
main(void)
{
  struct thread *counter = thread_create("computes", computes, 0);
  struct thread *again;
  int slot = extent_open(0, 16);

  CHECK(slot >= 0);
  extent = (exo_slot)slot;
  for (int i = 0; i < 16; i++) {
    buffer[0] = (char)('A' + i);
    CHECK(disk_write(extent, (uint32_t)i, 1, buffer) == 0);
  }
  CHECK(disk_barrier(extent) == 0);
  CHECK(thread_map_extent(MAPPED, 2, extent, 0, EXO_RIGHT_READ) == 0);

  check_others_ran("disk", thread_create("reads", reads, 0), 'A');
  again = thread_create("faults too", faults, (void *)512);
  check_others_ran("page", thread_create("faults", faults, 0), 'A');
  CHECK(thread_join(again) == 'B');
  check_others_ran("page", thread_create("faults", faults, (void *)4096), 'I');
  CHECK(thread_join(thread_create("faults", faults, (void *)4608)) == 'J'); // it is there already
  check_others_ran("clock", thread_create("sleeps", sleeps, (void *)30000), 5);
  check_others_ran("console", thread_create("types", types, 0), 'k');
  stop = 1;
  thread_join(counter);
  // Nobody is ready: the environment sleeps, and the clock wakes it at once.
  check_others_ran("alone", thread_create("sleeps", sleeps, (void *)1000000), 5);
  check_others_ran("alone", thread_create("types", types, 0), 'l');
  // A handler cannot wait as a thread does; what it reads comes all the same.
  again = thread_create("reads", reads, 0);
  CHECK(thread_join(again) == 'A');
  return failures;
}
