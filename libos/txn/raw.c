// The disk as the kernel offers it: requests are accepted and go on while the program does
// something else. Their order is of no concern here, only that a barrier covers what was accepted
// before it.
#include <disk.h>
#include "store.h"

// Requests that were accepted and not yet waited for, oldest first. They are numbered as they come;
// a barrier's number is that of its request.
static int in_flight[EXO_MAX_DISK_REQUESTS];
static int first_number = 1, next_number = 1;
static int first_error;

static int
oldest(void)
{
  return in_flight[first_number % EXO_MAX_DISK_REQUESTS];
}

static void
retire(void)
{
  int status = disk_wait(oldest());

  first_number++;
  if (status < 0 && first_error == 0) first_error = status;
}

// Takes note of what is done.
static void
reap(void)
{
  while (first_number != next_number && disk_is_done(oldest())) retire();
}

// Makes room for one more request. Returns 0 when there is none, and no request of ours to wait for.
static int
make_room(int refused)
{
  if (first_number != next_number)
    retire();
  else if (refused == EXO_E_BUSY)
    slice_yield(0); // the queue is full of other programs' requests
  else
    return 0;
  return 1;
}

// Notes a request that the disk has accepted, and returns its number.
static int
accepted(int request)
{
  in_flight[next_number % EXO_MAX_DISK_REQUESTS] = request;
  return next_number++;
}

static int
is_full(int request)
{
  return request == EXO_E_BUSY || request == EXO_E_NONE;
}

static int
raw_read(exo_slot extent, uint32_t sector, unsigned count, void *to)
{
  int request;

  while (is_full(request = disk_start_read(extent, sector, count, to)))
    if (!make_room(request)) break;
  return request < 0 ? request : (accepted(request), 0);
}

static int
raw_write(exo_slot extent, uint32_t sector, unsigned count, const void *from)
{
  int request;

  reap();
  while (is_full(request = disk_start_write(extent, sector, count, from)))
    if (!make_room(request)) break;
  if (request < 0) return request;
  txn_traffic.writes++;
  accepted(request);
  return 0;
}

static int
raw_barrier(exo_slot extent)
{
  int request;

  while (is_full(request = disk_start_barrier(extent)))
    if (!make_room(request)) break;
  if (request < 0) return request;
  txn_traffic.barriers++;
  return accepted(request);
}

static int
raw_passed(int barrier)
{
  reap();
  return first_error ? first_error : barrier < first_number;
}

static int
raw_wait(int barrier)
{
  while (first_number <= barrier) retire();
  return first_error;
}

static int
raw_settle(exo_slot extent)
{
  (void)extent;
  return raw_wait(next_number - 1);
}

EXO_API const struct txn_device txn_raw = {"raw",      raw_read, raw_write, raw_barrier,
                                   raw_passed, raw_wait, raw_settle};
