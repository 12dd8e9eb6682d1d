// Time slices. The kernel says when one ends; this libOS saves its own registers and yields. In
// return it learns of every switch, and may put the end of a slice off for as long as it is doing
// what must not be interrupted.
#include "libos.h"

void slice_begin_entry(void);
int slice_give_up(struct upcall_frame *frame, uint32_t call, uint32_t parameter);
int slice_switch(uint32_t call, uint32_t parameter, int result, uint32_t parameter2,
                 uint32_t parameter3);

// The context to resume at the begin of the next slice; it lies on the exception stack. 0: there is
// none.
EXO_RESIDENT_BSS struct upcall_frame *slice_context;

// 1 once the kernel leaves saving registers to us.
EXO_RESIDENT_BSS int slices_enabled;

EXO_STEP_THROUGH(slice_yield);
EXO_STEP_THROUGH(slice_suspend);

// Changed by code that upcalls interrupt, and read by the upcalls.
static EXO_RESIDENT_BSS volatile int critical_depth;
static EXO_RESIDENT_BSS volatile int end_deferred;

// Asks to hear of the ends and begins of slices. Until now the kernel kept our registers; from now
// on we do.
EXO_API void
exo_slices_enable(void)
{
  slices_enabled = 1;
  exo_env_set_entry(0, EXO_ENTRY_END_SLICE, (uintptr_t)upcall_entry);
  exo_env_set_entry(0, EXO_ENTRY_BEGIN_SLICE, (uintptr_t)slice_begin_entry);
}

// Keeps the frame for the next slice and yields: every register is in it already, so there is
// nothing left to save. Inside a critical section it only notes that, and returns.
EXO_API void
slice_suspend(struct upcall_frame *frame)
{
  if (critical_depth > 0) {
    end_deferred = 1; // go on, on borrowed time: the kernel counts the excess
    return;
  }
  slice_give_up(frame, EXO_CALL_YIELD, 0);
}

// The slice is over.
EXO_API void
on_end_of_slice(struct upcall_frame *frame)
{
  slice_suspend(frame);
}

// A slice begins. Returns the context to resume; a library with threads would choose another here.
EXO_API struct upcall_frame *
on_begin_of_slice(struct upcall_frame *saved)
{
  return saved;
}

// Gives the rest of this slice to an environment, or with 0 to the next slice. Returns 0 when we
// run again, or an error.
EXO_API int
slice_yield(exo_env target)
{
  return slices_enabled ? slice_switch(EXO_CALL_YIELD, target, 0, 0, 0) : exo_yield(target);
}

// Takes no slices until an upcall is pending.
EXO_API int
slice_sleep(void)
{
  return slices_enabled ? slice_switch(EXO_CALL_SLEEP, 0, 0, 0, 0) : exo_sleep();
}

// Takes no slices until a predicate holds (exo_sleep_until) or an upcall is pending: whoever waits
// looks again. Returns an error when the predicate is none, and what else it returns says nothing.
EXO_API int
slice_sleep_until(exo_slot page, uint32_t offset, uint32_t count)
{
  return slices_enabled ? slice_switch(EXO_CALL_SLEEP_UNTIL, page, 0, offset, count)
                        : exo_sleep_until(page, offset, count);
}

// Lends the rest of this slice to an environment by an asynchronous transfer, which wakes or enters
// it. Returns 0 when we run again, or an error.
EXO_API int
slice_transfer(exo_env target)
{
  return slices_enabled ? slice_switch(EXO_CALL_TRANSFER_ASYNC, target, 0, 0, 0)
                        : exo_transfer_async(target, 0, 0, 0, 0, 0, 0);
}

// Between these two the end of a slice waits. Whoever waits too long pays: each further tenth of a
// tick forfeits a slice.
EXO_API void
slice_enter_critical(void)
{
  critical_depth++;
}

EXO_API void
slice_leave_critical(void)
{
  if (--critical_depth > 0 || !end_deferred) return;
  end_deferred = 0;
  slice_yield(0);
}
