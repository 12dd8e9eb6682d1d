// Waiting for the disk. The kernel reports completions in the order in which they come; a program
// waits for the one that it needs. What is between is this table: the tag of a request is its place
// in it.
#include <disk.h>
#include "libos.h"
#include "request.h"

struct request {
  volatile uint32_t state;
  int status;
};

_Static_assert(offsetof(struct request, state) == REQUEST_STATE, "request.h");
_Static_assert(offsetof(struct request, status) == REQUEST_STATUS, "request.h");
_Static_assert(sizeof(struct request) == REQUEST_SIZE, "request.h");

// Read and written while upcalls are off (disk.S), so it is resident.
EXO_RESIDENT_BSS struct request disk_requests[EXO_MAX_DISK_REQUESTS];

int disk_poll(int request, int how);
extern int slices_enabled;

EXO_API int
extent_open(uint32_t first, uint32_t count)
{
  int slot = slot_alloc();
  int error;

  if (slot < 0) return slot;
  error = exo_extent_alloc(0, EXO_SLOT_DISK, first, count, slot);
  if (error >= 0) return slot;
  slot_free(slot);
  return error;
}

EXO_API void
extent_close(exo_slot extent)
{
  if (exo_extent_free(0, extent) == 0) slot_free(extent);
}

// Takes a place in the table; an upcall may come and take one too.
static int
take_request(void)
{
  for (int i = 0; i < EXO_MAX_DISK_REQUESTS; i++) {
    uint32_t expected = REQUEST_FREE;

    if (__atomic_compare_exchange_n(&disk_requests[i].state, &expected, REQUEST_WAITING, 0,
                                    __ATOMIC_RELAXED, __ATOMIC_RELAXED))
      return i;
  }
  return EXO_E_NONE;
}

// The request's place goes back when the kernel refused it.
static int
started(int request, int error)
{
  if (error >= 0) return request;
  disk_requests[request].state = REQUEST_FREE;
  return error;
}

EXO_API int
disk_start_read_page(exo_slot extent, uint32_t sector, unsigned count, exo_slot page,
                     unsigned offset)
{
  int request = take_request();

  if (request < 0) return request;
  return started(request, exo_disk_read(extent, sector, count, page, offset, request));
}

EXO_API int
disk_start_write_page(exo_slot extent, uint32_t sector, unsigned count, exo_slot page,
                      unsigned offset)
{
  int request = take_request();

  if (request < 0) return request;
  return started(request, exo_disk_write(extent, sector, count, page, offset, request));
}

EXO_API int
disk_start_read(exo_slot extent, uint32_t sector, unsigned count, void *to)
{
  int page = pager_slot(to);

  if (page < 0) return page;
  return disk_start_read_page(extent, sector, count, page, (uint32_t)to % EXO_PAGE_SIZE);
}

EXO_API int
disk_start_write(exo_slot extent, uint32_t sector, unsigned count, const void *from)
{
  int page = pager_slot(from);

  if (page < 0) return page;
  return disk_start_write_page(extent, sector, count, page, (uint32_t)from % EXO_PAGE_SIZE);
}

EXO_API int
disk_start_barrier(exo_slot extent)
{
  int request = take_request();

  if (request < 0) return request;
  return started(request, exo_disk_barrier(extent, request));
}

EXO_API int
disk_is_done(int request)
{
  if (request < 0 || request >= EXO_MAX_DISK_REQUESTS) return 0;
  while (disk_poll(request, POLL_ONLY) == 0);
  return disk_requests[request].state == REQUEST_DONE;
}

EXO_API int
disk_wait(int request)
{
  int status;

  if (request < 0 || request >= EXO_MAX_DISK_REQUESTS) return EXO_E_INVAL;
  if (disk_requests[request].state == REQUEST_FREE) return EXO_E_INVAL;
  while (disk_requests[request].state == REQUEST_WAITING)
    disk_poll(request, slices_enabled ? POLL_SWITCH : POLL_SLEEP);
  status = disk_requests[request].status;
  disk_requests[request].state = REQUEST_FREE;
  return status;
}

// How many of the sectors fit the page in which the memory begins.
static unsigned
piece(const void *memory, unsigned count)
{
  unsigned fit = (EXO_PAGE_SIZE - (uint32_t)memory % EXO_PAGE_SIZE) / EXO_SECTOR_SIZE;

  return count < fit ? count : fit > 0 ? fit : 1;
}

EXO_API int
disk_read(exo_slot extent, uint32_t sector, unsigned count, void *to)
{
  while (count > 0) {
    unsigned now = piece(to, count);
    int request;

    while ((request = disk_start_read(extent, sector, now, to)) == EXO_E_BUSY) slice_yield(0);
    if (request < 0) return request;
    request = disk_wait(request);
    if (request < 0) return request;
    sector += now;
    count -= now;
    to = (char *)to + now * EXO_SECTOR_SIZE;
  }
  return 0;
}

EXO_API int
disk_write(exo_slot extent, uint32_t sector, unsigned count, const void *from)
{
  while (count > 0) {
    unsigned now = piece(from, count);
    int request;

    while ((request = disk_start_write(extent, sector, now, from)) == EXO_E_BUSY) slice_yield(0);
    if (request < 0) return request;
    request = disk_wait(request);
    if (request < 0) return request;
    sector += now;
    count -= now;
    from = (const char *)from + now * EXO_SECTOR_SIZE;
  }
  return 0;
}

EXO_API int
disk_barrier(exo_slot extent)
{
  int request;

  while ((request = disk_start_barrier(extent)) == EXO_E_BUSY) slice_yield(0);
  return request < 0 ? request : disk_wait(request);
}
