// What comes from outside, and which threads it wakes. An upcall is to the environment: whose it
// is, only the library knows.
#include <disk.h>
#include "request.h"
#include "threads-state.h"

// As disk.c has them.
struct request {
  volatile uint32_t state;
  int status;
};
extern struct request disk_requests[EXO_MAX_DISK_REQUESTS];

// How many upcalls came that are not for one kind of waiting: for those who wait for any.
uint32_t thread_upcalls;

// Takes what the kernel says is complete, and notes it in the table of requests.
static void
take_completions(void)
{
  struct exo_disk_next done;

  while (exo_disk_next(&done) >= 0) {
    if (done.tag >= EXO_MAX_DISK_REQUESTS) continue;
    disk_requests[done.tag].status = (int)done.status;
    disk_requests[done.tag].state = REQUEST_DONE;
  }
}

// The page that a thread waits for has been read: whoever asked for it maps it, and the instruction
// is tried again.
static void
finish_page(struct thread *thread)
{
  int status;

  if (thread->request < 0) return; // another thread asked for it, and it has been mapped
  status = disk_requests[thread->request].status;
  disk_requests[thread->request].state = REQUEST_FREE;
  if (!thread->finish(thread->page, status)) fault_end(&thread->context);
}

static int
is_due(struct thread *thread, int has_input, int is_new_slice)
{
  switch (thread->wait) {
  case THREAD_WAITS_FOR_PAGE:
    if (thread->request < 0) return pager_lookup(PAGE_OF(thread->context.value)) != 0;
    return disk_requests[thread->request].state == REQUEST_DONE;
  case THREAD_WAITS_FOR_DISK:
    return disk_requests[thread->request].state == REQUEST_DONE;
  case THREAD_WAITS_FOR_CLOCK:
    return thread->until <= thread_clock();
  case THREAD_WAITS_FOR_CONSOLE:
    return has_input;
  case THREAD_WAITS_FOR_UPCALL:
    return thread->upcalls_seen != thread_upcalls;
  case THREAD_WAITS_FOR_PREDICATE:
    return is_new_slice; // the kernel looks at the words, or the thread itself
  default:
    return 0;
  }
}

// Makes ready whose waiting is over. The kernel is asked for completions only when it has said that
// there are some, or where it was entered anyway.
void
thread_look_for_events(int ask_kernel)
{
  uint32_t news = __atomic_fetch_and(&thread_news, NEWS_END_OF_SLICE, __ATOMIC_RELAXED);
  int has_input = ask_kernel || (news & NEWS_CONSOLE);

  if (ask_kernel || (news & NEWS_DISK)) take_completions();
  thread_take_messages();
  for (struct thread *thread = thread_outside.first, *next; thread; thread = next) {
    next = thread->next;
    if (!is_due(thread, has_input, ask_kernel)) continue;
    queue_remove(&thread_outside, thread);
    if (thread->wait == THREAD_WAITS_FOR_PAGE) finish_page(thread);
    thread_wake(thread); //@step wake
  }
}

// Upcalls leave word; if the library is not busy, it is done at once.
static void
note(uint32_t news)
{
  thread_upcalls++;
  __atomic_fetch_or(&thread_news, news, __ATOMIC_RELAXED);
  if (thread_critical > 0) return;
  slice_enter_critical();
  slice_leave_critical();
}

// A disk request is complete, or a packet has come.
EXO_API void
on_interrupt(struct upcall_frame *frame)
{
  note(frame->cause == EXO_INTERRUPT + EXO_ENTRY_DISK ? NEWS_DISK : 0); //@step disk-done
}

EXO_API void
on_console_input(struct upcall_frame *frame)
{
  (void)frame;
  note(NEWS_CONSOLE);
}
