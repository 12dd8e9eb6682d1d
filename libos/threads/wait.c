// What waits in the default library, here only its thread does: for the disk, the console, the
// clock and any upcall. Where no thread can wait, in a handler, the environment does as it always
// did.
#include <disk.h>
#include "request.h"
#include "threads-state.h"

struct request {
  volatile uint32_t state;
  int status;
};
extern struct request disk_requests[EXO_MAX_DISK_REQUESTS];
extern int slices_enabled;
int disk_poll(int request, int how);
int console_poll(int kernel_switched);
int slice_switch(uint32_t call, uint32_t parameter, int result, uint32_t parameter2,
                 uint32_t parameter3);

EXO_API int
disk_wait(int request)
{
  int status;

  if (request < 0 || request >= EXO_MAX_DISK_REQUESTS) return EXO_E_INVAL;
  if (disk_requests[request].state == REQUEST_FREE) return EXO_E_INVAL;
  if (thread_can_block()) {
    slice_enter_critical();
    while (disk_requests[request].state == REQUEST_WAITING) {
      thread_current()->request = request;
      thread_block(THREAD_WAITS_FOR_DISK, 0, 0);
    }
    slice_leave_critical();
  }
  while (disk_requests[request].state == REQUEST_WAITING)
    disk_poll(request, slices_enabled ? POLL_SWITCH : POLL_SLEEP);
  status = disk_requests[request].status;
  disk_requests[request].state = REQUEST_FREE;
  return status;
}

EXO_API int
console_wait(void)
{
  int c;

  if (!thread_can_block()) {
    while ((c = console_poll(!slices_enabled)) == EXO_E_AGAIN);
    return c;
  }
  slice_enter_critical();
  while ((c = exo_console_read(EXO_SLOT_CONSOLE)) == EXO_E_AGAIN)
    thread_block(THREAD_WAITS_FOR_CONSOLE, 0, 0);
  slice_leave_critical();
  return c;
}

EXO_API void
thread_sleep_until(uint64_t step)
{
  thread_start_switching();
  slice_enter_critical();
  while (thread_clock() < step) {
    thread_current()->until = step;
    thread_block(THREAD_WAITS_FOR_CLOCK, 0, 0);
  }
  slice_leave_critical();
}

// Waits for any upcall that this thread has not seen yet: whoever waits for one looks for himself
// what has come.
EXO_API int
slice_sleep(void)
{
  struct thread *self = thread_current();

  if (!thread_can_block())
    return slices_enabled ? slice_switch(EXO_CALL_SLEEP, 0, 0, 0, 0) : exo_sleep();
  slice_enter_critical();
  if (self->upcalls_seen == thread_upcalls) thread_block(THREAD_WAITS_FOR_UPCALL, 0, 0);
  self->upcalls_seen = thread_upcalls;
  slice_leave_critical();
  return 0;
}

// Waits for a predicate over memory words, as the kernel evaluates them: for this thread alone.
// While others run it looks for itself, at the begin of each slice.
EXO_API int
slice_sleep_until(exo_slot page, uint32_t offset, uint32_t count)
{
  struct thread *self = thread_current();

  if (!thread_can_block())
    return slices_enabled ? slice_switch(EXO_CALL_SLEEP_UNTIL, page, 0, offset, count)
                          : exo_sleep_until(page, offset, count);
  slice_enter_critical();
  self->predicate[0] = page;
  self->predicate[1] = offset;
  self->predicate[2] = count;
  thread_block(THREAD_WAITS_FOR_PREDICATE, 0, 0);
  slice_leave_critical();
  return 0;
}
