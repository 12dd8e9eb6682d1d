// Who runs: the queue of those that are ready, leaving and going on, the ends of slices.
//
// The library's own data are changed between slice_enter_critical and slice_leave_critical. An
// upcall that comes in between changes nothing but leaves word in thread_news, and who leaves the
// section does what it asks for. So these functions may fault, and may be stepped through, like any
// other code; upcalls are off only for a few instructions of switch.S.
#include "threads-state.h"

extern struct upcall_frame *slice_context;
int slice_give_up(struct upcall_frame *frame, uint32_t call, uint32_t parameter);
int slice_switch(uint32_t call, uint32_t parameter, int result, uint32_t parameter2,
                 uint32_t parameter3);

EXO_RESIDENT_BSS volatile int thread_critical;
EXO_RESIDENT_BSS volatile uint32_t thread_news;

struct thread_queue thread_ready, thread_outside;
int thread_started;

// ---- queues ----

void
queue_add(struct thread_queue *queue, struct thread *thread)
{
  thread->next = 0;
  if (queue->last)
    queue->last->next = thread;
  else
    queue->first = thread;
  queue->last = thread;
}

void
queue_remove(struct thread_queue *queue, struct thread *thread)
{
  struct thread **link = &queue->first, *before = 0;

  while (*link && *link != thread) {
    before = *link;
    link = &before->next;
  }
  if (*link == 0) return;
  *link = thread->next;
  if (queue->last == thread) queue->last = before;
}

// ---- the policy ----

EXO_API struct thread *
pick_next(struct thread *ready)
{
  return ready;
}

// ---- ready and waiting ----

// From now on the library saves registers, and hears of what comes.
EXO_API void
thread_start_switching(void)
{
  if (thread_started) return;
  thread_started = 1;
  pager_region_add(&thread_stacks);
  exo_env_set_entry(0, EXO_ENTRY_DISK, (uintptr_t)upcall_entry);
  exo_env_set_entry(0, EXO_ENTRY_CONSOLE, (uintptr_t)upcall_entry);
  exo_env_set_entry(0, EXO_ENTRY_PACKET, (uintptr_t)upcall_entry);
  exo_slices_enable();
}

void
thread_wake(struct thread *thread)
{
  thread->wait = THREAD_WAITS_FOR_NOTHING;
  thread->waits_for = 0;
  thread->shown.state = STATE_READY;
  queue_add(&thread_ready, thread);
}

// Wakes the thread that waits longest. Returns 0 when there is none.
int
thread_wake_first(struct thread_queue *queue)
{
  struct thread *first = queue->first;

  if (first == 0) return 0;
  queue_remove(queue, first);
  thread_wake(first);
  return 1;
}

// Whether the code that asks runs on a thread's own stack. A handler cannot wait as a thread does:
// the stack that it is on is everybody's.
int
thread_can_block(void)
{
  uint32_t scratch;

  __asm__ volatile("csrr %0, %1" : "=r"(scratch) : "i"(EXO_CSR_USCRATCH));
  return scratch != 0 && thread_started && exo_threads.current != 0;
}

// The thread that calls waits, in a queue if one is given, until thread_wake. To be called in a
// critical section, which it leaves while it waits.
void
thread_block(enum thread_wait wait, void *object, struct thread_queue *queue)
{
  struct thread *self = thread_current();
  int depth = thread_critical;

  thread_start_switching();
  self->wait = wait;
  self->waits_for = object;
  self->shown.state = STATE_WAITING;
  if (wait >= THREAD_WAITS_FOR_DISK) queue = &thread_outside;
  if (queue) queue_add(queue, self);
  thread_switch(&self->context);
  thread_critical = depth;
}

EXO_API void
thread_yield(void)
{
  if (!thread_started) return;
  slice_enter_critical();
  if (thread_ready.first) {
    struct thread *self = thread_current();
    int depth = thread_critical;

    thread_wake(self);
    thread_switch(&self->context);
    thread_critical = depth;
  }
  slice_leave_critical();
}

// ---- leaving and going on ----

EXO_API void
thread_save(struct thread *thread, const struct upcall_frame *frame)
{
  thread_copy(&thread->context, frame);
}

// The thread that runs has been interrupted, or gave its slice away: it is ready again.
static void
put_back(struct upcall_frame *frame)
{
  struct thread *self = thread_current();

  thread_save(self, frame); //@step save
  thread_wake(self);
  exo_threads.current = 0;
}

static void
sleep_until_something_happens(struct upcall_frame *frame)
{
  static struct exo_term term;
  struct thread *predicate = 0;
  unsigned predicates = 0;
  uint64_t first = ~0ull;

  for (struct thread *thread = thread_outside.first; thread; thread = thread->next) {
    if (thread->wait == THREAD_WAITS_FOR_CLOCK && thread->until < first) first = thread->until;
    if (thread->wait != THREAD_WAITS_FOR_PREDICATE) continue;
    predicate = thread;
    predicates++;
  }
  if (predicates + (first != ~0ull) > 1) {
    // The kernel takes one predicate, and not everything can be said in one: looks at each slice.
    thread_sleep(frame, EXO_CALL_YIELD, 0, 0, 0);
    return;
  }
  if (predicates) {
    thread_sleep(frame, EXO_CALL_SLEEP_UNTIL, predicate->predicate[0], predicate->predicate[1],
                 predicate->predicate[2]);
    return;
  }
  if (first == ~0ull) {
    thread_sleep(frame, EXO_CALL_SLEEP, 0, 0, 0);
    return;
  }
  term = (struct exo_term){EXO_ANY, EXO_RELATION_AT_LEAST << 16, (uint32_t)first,
                           (uint32_t)(first >> 32)};
  thread_sleep(frame, EXO_CALL_SLEEP_UNTIL, (uint32_t)pager_slot(&term),
               (uint32_t)&term % EXO_PAGE_SIZE, 1);
}

// Whether an upcall, or the clock, can make any thread ready.
static int
anyone_can_wake(void)
{
  if (thread_outside.first) return 1;
  for (int i = 0; i < THREADS_MAX; i++) {
    struct thread *thread = &thread_table[i];

    if (thread->wait == THREAD_WAITS_TO_RECEIVE && ((struct channel *)thread->waits_for)->port != 0)
      return 1;
  }
  return 0;
}

// Picks a thread and puts its registers into the frame, from which they are then loaded. Sleeps
// while no thread is ready. Runs on the exception stack.
struct upcall_frame *
thread_next(struct upcall_frame *frame)
{
  struct thread *next;
  int would_sleep = 0; // the kernel was asked, and said that there is a reason not to

  thread_critical = 1;
  for (;;) {
    thread_look_for_events(would_sleep);
    if (thread_news & NEWS_END_OF_SLICE) {
      __atomic_fetch_and(&thread_news, ~NEWS_END_OF_SLICE, __ATOMIC_RELAXED);
      slice_switch(EXO_CALL_YIELD, 0, 0, 0, 0); // comes back here, in the next slice
      continue;
    }
    if (thread_ready.first) break;
    if (!anyone_can_wake()) thread_deadlock();
    sleep_until_something_happens(frame);
    would_sleep = 1;
  }
  next = pick_next(thread_ready.first); //@step pick-next
  queue_remove(&thread_ready, next);
  next->picked++;
  next->shown.state = STATE_RUNNING;
  thread_copy(frame, &next->context);
  exo_threads.current = (uint32_t)next;
  thread_critical = 0;
  // What came since it was asked for: what the slice's end asks for is done before the thread goes
  // on, and the rest at the next opportunity.
  if (thread_news) {
    thread_critical = 1;
    slice_leave_critical();
  }
  return frame;
}

// ---- critical sections ----

EXO_API void
slice_enter_critical(void)
{
  thread_critical++;
}

// Does what upcalls have left word of meanwhile.
EXO_API void
slice_leave_critical(void)
{
  while (thread_critical == 1) {
    uint32_t ended = __atomic_fetch_and(&thread_news, ~NEWS_END_OF_SLICE, __ATOMIC_RELAXED);

    if (ended) thread_look_for_events(0);
    thread_critical = 0;
    // From a thread's stack, on_begin_of_slice picks another; from a handler's, it comes back here.
    if (ended & NEWS_END_OF_SLICE) slice_switch(EXO_CALL_YIELD, 0, 0, 0, 0);
    if (!thread_news) return;
    thread_critical = 1; // more came at the last moment
  }
  thread_critical--;
}

// ---- slices ----

// The end of a slice: keeps the registers of the thread that ran, and yields. A handler that was
// interrupted goes on where it was, in the next slice.
EXO_API void
slice_suspend(struct upcall_frame *frame)
{
  if (thread_critical > 0) {
    __atomic_fetch_or(&thread_news, NEWS_END_OF_SLICE, __ATOMIC_RELAXED);
    return; // on borrowed time, until the section is left
  }
  if (frame->scratch != 0 && exo_threads.current != 0) {
    thread_critical = 1;
    put_back(frame);
  }
  slice_give_up(frame, EXO_CALL_YIELD, 0);
}

// The begin of a slice: whoever ran at the end of the last one, another may run now.
EXO_API struct upcall_frame *
on_begin_of_slice(struct upcall_frame *saved)
{
  if (saved->scratch == 0) return saved; // a handler, or the library itself
  thread_critical = 1;
  if (exo_threads.current != 0) put_back(saved);
  thread_look_for_events(1);
  return thread_next(saved);
}
