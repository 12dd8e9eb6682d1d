// A disk that is asked for one thing at a time: each write is on the platter before the program goes
// on. Nothing can come in the wrong order, and nothing happens meanwhile.
#include <disk.h>
#include "store.h"

static int
synchronous_write(exo_slot extent, uint32_t sector, unsigned count, const void *from)
{
  int error = disk_write(extent, sector, count, from);

  if (error < 0) return error;
  txn_traffic.writes++;
  txn_traffic.barriers++;
  return disk_barrier(extent);
}

// All that was accepted is on the platter.
static int
synchronous_barrier(exo_slot extent)
{
  (void)extent;
  return TXN_NO_BARRIER;
}

static int
synchronous_passed(int barrier)
{
  (void)barrier;
  return 1;
}

static int
synchronous_settle(exo_slot extent)
{
  (void)extent;
  return 0;
}

static int
synchronous_wait(int barrier)
{
  (void)barrier;
  return 0;
}

EXO_API const struct txn_device txn_synchronous = {
    "synchronous",      disk_read,          synchronous_write, synchronous_barrier,
    synchronous_passed, synchronous_wait,   synchronous_settle};
