// From the upcall entry to the C function for the cause.
#include "libos.h"
#include "frame.h"

_Static_assert(offsetof(struct upcall_frame, cause) == FRAME_CAUSE, "frame.h");
_Static_assert(offsetof(struct upcall_frame, value) == FRAME_VALUE, "frame.h");
_Static_assert(offsetof(struct upcall_frame, status) == FRAME_STATUS, "frame.h");
_Static_assert(offsetof(struct upcall_frame, scratch) == FRAME_SCRATCH, "frame.h");
_Static_assert(offsetof(struct upcall_frame, older) == FRAME_OLDER, "frame.h");
_Static_assert(offsetof(struct upcall_frame, t6) == FRAME_X(31), "frame.h");
_Static_assert(sizeof(struct upcall_frame) == FRAME_SIZE, "frame.h");
#ifdef __riscv_flen
_Static_assert(offsetof(struct upcall_frame, f) == FRAME_F, "frame.h");
#endif

__attribute__((noreturn)) void slice_resume(void);
extern struct upcall_frame *slice_context;

EXO_STEP_THROUGH(upcall_dispatch);
EXO_STEP_THROUGH(dispatch_exception);
EXO_STEP_THROUGH(dispatch_interrupt);
EXO_STEP_THROUGH(is_page_fault);
EXO_STEP_THROUGH(fault_access);

// What the faulting instruction wanted to do.
EXO_API EXO_RESIDENT exo_rights
fault_access(const struct upcall_frame *frame)
{
  if (frame->cause == EXO_CAUSE_INSTRUCTION_PAGE) return EXO_RIGHT_EXECUTE;
  if (frame->cause == EXO_CAUSE_STORE_PAGE) return EXO_RIGHT_WRITE;
  return EXO_RIGHT_READ;
}

static EXO_RESIDENT int
is_page_fault(const struct upcall_frame *frame)
{
  return frame->cause == EXO_CAUSE_INSTRUCTION_PAGE || frame->cause == EXO_CAUSE_LOAD_PAGE ||
         frame->cause == EXO_CAUSE_STORE_PAGE;
}

// The cause is an exception: it is mended, or the program ends.
static EXO_RESIDENT void
dispatch_exception(struct upcall_frame *frame)
{
  int mended;

  if (is_page_fault(frame)) {
    pager_part(frame->pc, frame->value);
    // A page that is only out of the kernel's software TLB is no fault of the program's, and no
    // handler hears of it: the handler itself may be what was evicted.
    if (pager_refill(frame->value, fault_access(frame))) return;
    mended = on_page_fault(frame) || careful_mend(frame);
  } else if (frame->cause == EXO_CAUSE_LOAD_MISALIGNED ||
             frame->cause == EXO_CAUSE_STORE_MISALIGNED) {
    mended = on_misaligned(frame);
  } else {
    mended = on_exception(frame);
  }
  if (!mended) fault_end(frame);
}

// On with what the program was doing when it last gave the processor up; without that, back to rest. Whoever enters next finds
// the exception stack as free as it was: all of it, when the kernel came with no registers, and so with a stack pointer of 0,
// which the entry cannot tell from a nested upcall.
static EXO_RESIDENT void
go_on_or_rest(const struct upcall_frame *frame)
{
  uint32_t top = frame->scratch ? frame->scratch : frame->sp;

  __asm__ volatile("csrci %0, %1\n\tcsrw %2, %3"
                   :
                   : "i"(EXO_CSR_USTATUS), "i"(EXO_USTATUS_UIE), "i"(EXO_CSR_USCRATCH),
                     "r"(top)
                   : "memory");
  if (slice_context) slice_resume();
  exo_rest();
}

// The cause is an entry's number.
static EXO_RESIDENT void
dispatch_interrupt(struct upcall_frame *frame)
{
  uint32_t entry = frame->cause - EXO_INTERRUPT;

  if (entry == EXO_ENTRY_END_SLICE)
    on_end_of_slice(frame);
  else if (entry == EXO_ENTRY_REVOCATION)
    on_revocation(frame);
  else if (entry == EXO_ENTRY_REPOSSESSION)
    on_repossession(frame);
  else if (entry == EXO_ENTRY_CONSOLE)
    on_console_input(frame);
  else if (entry == EXO_ENTRY_TRANSFER_ASYNC)
    on_transfer_async(frame);
  else
    on_interrupt(frame);

  // Nothing was interrupted: the environment rested, or it was entered by a transfer.
  if (frame->pc == 0) go_on_or_rest(frame);
}

// Called by upcall_entry on the exception stack; what it changes in the frame is what the program
// goes on with.
EXO_API EXO_RESIDENT void
upcall_dispatch(struct upcall_frame *frame)
{
  if (frame->cause & EXO_INTERRUPT)
    dispatch_interrupt(frame);
  else
    dispatch_exception(frame);
}

EXO_API uint32_t
frame_register(const struct upcall_frame *frame, int n)
{
  return n == 0 ? 0 : ((const uint32_t *)frame)[n];
}

EXO_API void
frame_set_register(struct upcall_frame *frame, int n, uint32_t value)
{
  if (n != 0) ((uint32_t *)frame)[n] = value;
}

// The default handlers. A program defines its own to do otherwise.

EXO_API int
on_page_fault(struct upcall_frame *frame)
{
  return pager_demand(frame);
}

EXO_API int
on_exception(struct upcall_frame *frame)
{
  (void)frame;
  return 0;
}

EXO_API void
on_revocation(struct upcall_frame *frame)
{
  struct exo_revocation_next request;

  (void)frame; // whoever does not give back is taken from
  if (exo_revocation_next(&request) == EXO_KIND_PAGE) pager_regions_give(request.owed);
}

// Something was taken by force: the page table promises no longer what is gone. A slot whose
// capability was only restricted is still in use.
EXO_API void
on_repossession(struct upcall_frame *frame)
{
  struct exo_repossession_next loss;
  int kind;

  (void)frame;
  while ((kind = exo_repossession_next(&loss)) >= 0) {
    if (loss.reason == EXO_LOSS_RESTRICTED) {
      if (kind == EXO_KIND_PAGE) pager_restrict(loss.slot);
      continue;
    }
    if (kind == EXO_KIND_PAGE) pager_forget(loss.slot);
    pager_regions_lost(kind, &loss);
    slot_free(loss.slot);
  }
  pager_regions_lost(EXO_KIND_EMPTY, 0);
}

EXO_API void
on_console_input(struct upcall_frame *frame)
{
  (void)frame; // that it came was enough: who waits for it looks again
}

EXO_API void
on_transfer_async(struct upcall_frame *frame)
{
  (void)frame;
}

EXO_API void
on_interrupt(struct upcall_frame *frame)
{
  (void)frame;
}
