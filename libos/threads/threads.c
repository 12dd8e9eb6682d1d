// Making threads, ending them, and waiting for their end.
#include <stdlib.h>
#include <string.h>
#include "threads-state.h"

struct thread thread_table[THREADS_MAX] = {
    // The thread that runs main is there from the first, on the stack that the launcher named.
    {.shown = {.id = 1,
               .name = (uint32_t)thread_table[0].name,
               .state = STATE_RUNNING,
               .registers = (uint32_t)&thread_table[0].context},
     .name = "main",
     .share = 1},
};

// What debuggers look for by this name.
struct exo_threads exo_threads = {1, (uint32_t)&thread_table[0], (uint32_t)&thread_table[0]};

static uint32_t last_id = 1;

EXO_API struct thread *
thread_self(void)
{
  return thread_current();
}

EXO_API uint64_t
thread_clock(void)
{
  return steps_now();
}

// A place of the table that is not in use; main's never is free again.
static struct thread *
free_place(void)
{
  for (int i = 1; i < THREADS_MAX; i++)
    if (thread_table[i].shown.id == 0) return &thread_table[i];
  return 0;
}

// Puts a thread at the end of the list that debuggers read. Whenever they look, the list is whole.
static void
show(struct thread *thread)
{
  uint32_t *link = &exo_threads.first;

  while (*link) link = &((struct exo_thread *)*link)->next;
  *link = (uint32_t)&thread->shown;
}

static void
hide(struct thread *thread)
{
  uint32_t *link = &exo_threads.first;

  while (*link && *link != (uint32_t)&thread->shown) link = &((struct exo_thread *)*link)->next;
  if (*link) *link = thread->shown.next;
}

EXO_API struct thread *
thread_create(const char *name, thread_function *function, void *argument)
{
  struct thread *thread;

  thread_start_switching();
  slice_enter_critical();
  thread = free_place();
  if (thread) {
    memset(thread, 0, offsetof(struct thread, line));
    thread->shown.id = ++last_id;
    thread->shown.name = (uint32_t)thread->name;
    thread->shown.registers = (uint32_t)&thread->context;
    strncpy(thread->name, name, THREAD_NAME_BYTES - 1);
    thread->share = 1;
    thread->function = function;
    thread->argument = argument;
    thread->stack = STACKS_END - (uint32_t)(thread - thread_table) * STACK_SLOT_BYTES;
    thread->context.pc = (uint32_t)thread_start;
    thread->context.sp = thread->stack;
    thread->context.status = EXO_USTATUS_UPIE;
    __asm__("mv %0, gp" : "=r"(thread->context.gp));
    thread_wake(thread);
    show(thread);
  }
  slice_leave_critical();
  return thread;
}

// The first function of every thread; thread_start calls it.
void
thread_begin(void)
{
  struct thread *self = thread_self();

  thread_exit(self->function(self->argument));
}

// A debugger stops a step here that was about this thread: it goes no further.
EXO_TELL_DEBUGGER(".exo_thread_end", thread_ended);

EXO_API __attribute__((noinline)) void
thread_ended(struct thread *thread)
{
  hide(thread);
}

EXO_API void
thread_exit(int result)
{
  struct thread *self = thread_self();

  thread_start_switching();
  console_flush();
  slice_enter_critical();
  self->result = result;
  self->is_over = 1;
  thread_ended(self);
  while (thread_wake_first(&self->joining));
  if (exo_threads.first == 0) exit(result); // it was the last
  thread_critical = 1;
  for (;;) thread_switch(&self->context); // nobody wakes it
}

// Frees the pages of the stack of a thread that has ended. Nobody else is about to.
static void
free_stack(uint32_t end)
{
  for (uint32_t page = end - THREAD_STACK_BYTES; end != 0 && page < end; page += EXO_PAGE_SIZE) {
    pte entry = pager_lookup(page);

    if (!(entry & PTE_VALID)) continue;
    pager_unmap(page);
    exo_page_free(0, PTE_SLOT(entry));
    slot_free(PTE_SLOT(entry));
  }
}

EXO_API int
thread_join(struct thread *thread)
{
  int result;

  slice_enter_critical();
  while (!thread->is_over) thread_block(THREAD_WAITS_TO_JOIN, thread, &thread->joining);
  slice_leave_critical();
  result = thread->result;
  free_stack(thread->stack);
  if (thread->stack != 0) thread->shown.id = 0; // its place may be taken
  return result;
}
