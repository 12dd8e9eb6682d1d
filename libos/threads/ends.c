// What to say when the threads can go no further.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "threads-state.h"

EXO_LAST_WORDS(thread_deadlock);
EXO_LAST_WORDS(thread_stack_overflow);

#define TEXT_BYTES 400

static char text[TEXT_BYTES];

// Adds to the text what fits.
static unsigned
add(unsigned at, const char *format, const char *first, const char *second)
{
  int count = snprintf(text + at, TEXT_BYTES - at, format, first, second);

  return at + (unsigned)count < TEXT_BYTES ? at + (unsigned)count : TEXT_BYTES - 1;
}

static const char *
named(const char *name, const char *otherwise)
{
  return name ? name : otherwise;
}

// What a thread waits for, of whom it can be said.
static unsigned
add_wait(unsigned at, const struct thread *thread)
{
  switch (thread->wait) {
  case THREAD_WAITS_FOR_MUTEX: {
    const struct mutex *mutex = thread->waits_for;

    return add(at, "the mutex %s, which %s has", named(mutex->name, "without a name"),
               mutex->owner->is_over ? "a thread that has ended" : mutex->owner->name);
  }
  case THREAD_WAITS_FOR_CONDITION:
    return add(at, "the condition %s%s",
               named(((const struct condition *)thread->waits_for)->name, "without a name"), "");
  case THREAD_WAITS_TO_JOIN:
    return add(at, "the end of %s%s", ((const struct thread *)thread->waits_for)->name, "");
  case THREAD_WAITS_TO_SEND:
    return add(at, "room in the channel %s%s",
               named(((const struct channel *)thread->waits_for)->name, "without a name"), "");
  default:
    return add(at, "a message in the channel %s%s",
               named(((const struct channel *)thread->waits_for)->name, "without a name"), "");
  }
}

// All threads wait, and nothing but another thread could end it. Says so in one sentence and ends
// the program.
EXO_API void
thread_deadlock(void)
{
  unsigned at = add(0, "%s: deadlock%s", program_name(), "");
  const char *before = ": ";

  thread_critical = 0; // slices may end in here
  for (uint32_t link = exo_threads.first; link; link = ((struct exo_thread *)link)->next) {
    const struct thread *thread = (const struct thread *)link;

    at = add(at, "%s%s waits for ", before, thread->name);
    at = add_wait(at, thread);
    before = ", ";
  }
  at = add(at, "%s%s", ".\n", "");
  console_write(text, at);
  _exit(fault_status(6));
}

// A thread has reached the empty pages below its stack.
EXO_API void
thread_stack_overflow(struct upcall_frame *frame)
{
  unsigned slot = (STACKS_END - frame->value - 1) / STACK_SLOT_BYTES;
  unsigned at;
  const struct thread *thread = slot < THREADS_MAX ? &thread_table[slot] : thread_current();

  at =
      add(0, "%s: the stack of thread '%s' is full (stack overflow)", program_name(), thread->name);
  at += (unsigned)snprintf(text + at, TEXT_BYTES - at, ": 0x%08x at pc 0x%08x\n", frame->value,
                           frame->pc);
  console_write(text, at);
  _exit(fault_status(11));
}
