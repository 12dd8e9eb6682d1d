// Memory of the threads: stacks that get a page at the first touch, and pages that come from the
// disk.
#include <disk.h>
#include <string.h>
#include "request.h"
#include "threads-state.h"

struct request {
  volatile uint32_t state;
  int status;
};
extern struct request disk_requests[EXO_MAX_DISK_REQUESTS];
int disk_poll(int request, int how);
int slice_switch(uint32_t call, uint32_t parameter, int result, uint32_t parameter2,
                 uint32_t parameter3);

// ---- a page that is to be read ----

static int
can_wait_alone(const struct upcall_frame *frame)
{
  return thread_started && frame->scratch != 0 && thread_critical == 0 && thread_current() != 0;
}

// Leaves the thread that faulted, and all that its handler has on the stack.
static __attribute__((noreturn)) void
leave(struct upcall_frame *frame)
{
  thread_critical = 1;
  thread_save(thread_current(), frame);
  thread_current()->context.cause = frame->cause;
  thread_current()->context.value = frame->value;
  exo_threads.current = 0;
  thread_abandon(frame);
}

static __attribute__((noreturn)) void
wait_for_page(struct upcall_frame *frame)
{
  thread_current()->wait = THREAD_WAITS_FOR_PAGE;
  thread_current()->shown.state = STATE_WAITING;
  queue_add(&thread_outside, thread_current());
  leave(frame);
}

// Waits for a disk request on behalf of a fault: only the thread that faulted does. Its registers
// are those with which the instruction is tried again; what runs here is left behind.
EXO_API int
pager_await(struct upcall_frame *frame, int request, int (*finish)(void *page, int status),
            void *page)
{
  struct thread *self = thread_current();

  // A handler faulted, or the library while it changes its data: nobody else can run.
  if (!can_wait_alone(frame)) return finish(page, disk_wait(request));
  thread_critical = 1;
  self->request = request;
  self->finish = finish;
  self->page = page;
  wait_for_page(frame); //@step page-waits
}

// ---- extents in memory ----

#define MAPPED 8

static struct mapped {
  struct pager_region region; // first
  exo_slot extent;
  uint32_t sector;
  exo_rights rights;
} mapped[MAPPED];

// A page on its way from the disk.
static struct fetch {
  uint32_t address; // 0: not in use
  int slot, frame;
  exo_rights rights;
} fetches[EXO_MAX_DISK_REQUESTS];

#define SECTORS_OF_A_PAGE (EXO_PAGE_SIZE / EXO_SECTOR_SIZE)

// The page has been read, or could not be. Returns 0 when the fault is not mended.
static int
finish_fetch(void *page, int status)
{
  struct fetch *fetch = page;
  int error = status;

  if (fetch->address == 0) return 1; // done already, by one that could not wait alone
  if (error >= 0)
    error = pager_map(fetch->address, (uint32_t)fetch->frame, (exo_slot)fetch->slot, fetch->rights);
  if (error < 0) {
    exo_page_free(0, (exo_slot)fetch->slot);
    slot_free((exo_slot)fetch->slot);
  }
  fetch->address = 0;
  return error >= 0;
}

static struct fetch *
fetch_of(uint32_t page)
{
  for (int i = 0; i < EXO_MAX_DISK_REQUESTS; i++)
    if (fetches[i].address == page) return &fetches[i];
  return 0;
}

// Begins to read a page. The number of the request is the fetch's place too.
static int
begin_fetch(const struct mapped *from, uint32_t page)
{
  uint32_t sector = from->sector + (page - from->region.start) / EXO_SECTOR_SIZE;
  int slot = slot_alloc(), frame, request;

  if (slot < 0) return slot;
  frame = exo_page_alloc(0, EXO_SLOT_MEMORY, EXO_ANY, (exo_slot)slot);
  request = frame < 0
                ? frame
                : disk_start_read_page(from->extent, sector, SECTORS_OF_A_PAGE, (exo_slot)slot, 0);
  if (request >= 0) {
    fetches[request] = (struct fetch){page, slot, frame, from->rights};
    return request;
  }
  if (frame >= 0) exo_page_free(0, (exo_slot)slot);
  slot_free((exo_slot)slot);
  return request;
}

// The disk takes no more now: the instruction is tried again later.
static int
try_again(struct upcall_frame *frame)
{
  if (can_wait_alone(frame) && thread_ready.first) {
    thread_critical = 1;
    thread_wake(thread_current());
    leave(frame);
  }
  slice_switch(EXO_CALL_YIELD, 0, 0, 0, 0);
  return 1;
}

// Another thread waits for the page already.
static int
wait_too(struct upcall_frame *frame, struct fetch *fetch)
{
  int request = (int)(fetch - fetches);

  if (can_wait_alone(frame)) {
    thread_critical = 1;
    thread_current()->request = -1;
    wait_for_page(frame);
  }
  while (disk_requests[request].state == REQUEST_WAITING) disk_poll(request, POLL_SWITCH);
  return finish_fetch(fetch, disk_requests[request].status);
}

static int
fetch_page(struct pager_region *region, struct upcall_frame *frame)
{
  struct mapped *from = (struct mapped *)region;
  uint32_t page = PAGE_OF(frame->value);
  int request;

  if (pager_lookup(page) != 0) return 0; // it is there and does not allow this, or it was lost
  if (!(from->rights & fault_access(frame))) return 0;
  if (fetch_of(page)) return wait_too(frame, fetch_of(page));
  request = begin_fetch(from, page);
  if (request == EXO_E_BUSY) return try_again(frame);
  if (request < 0) return 0;
  return pager_await(frame, request, finish_fetch, &fetches[request]);
}

EXO_API int
thread_map_extent(uint32_t address, unsigned pages, exo_slot extent, uint32_t sector,
                  exo_rights rights)
{
  int error = EXO_E_NONE;

  if (address % EXO_PAGE_SIZE || pages == 0) return EXO_E_INVAL;
  slice_enter_critical();
  for (struct mapped *it = mapped; error < 0 && it < mapped + MAPPED; it++) {
    if (it->region.end) continue;
    it->region = (struct pager_region){
        .start = address, .end = address + pages * EXO_PAGE_SIZE, .fault = fetch_page};
    it->extent = extent;
    it->sector = sector;
    it->rights = rights;
    pager_region_add(&it->region);
    error = 0;
  }
  slice_leave_critical();
  return error;
}

// ---- stacks ----

// The first touch of a page of a stack, or of what is below one.
static int
stack_fault(struct pager_region *region, struct upcall_frame *frame)
{
  uint32_t address = frame->value;

  (void)region;
  if (address % STACK_SLOT_BYTES < STACK_SLOT_BYTES - THREAD_STACK_BYTES)
    thread_stack_overflow(frame);
  if (pager_lookup(address) != 0 || fault_access(frame) == EXO_RIGHT_EXECUTE) return 0;
  return pager_alloc(PAGE_OF(address), EXO_RIGHT_READ | EXO_RIGHT_WRITE) == 0;
}

struct pager_region thread_stacks = {
    .start = STACKS_BEGIN, .end = STACKS_END, .fault = stack_fault};
