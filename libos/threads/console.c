// Output by lines: each thread has a buffer of its own, so that the lines of two do not mix.
#include <stdio.h>
#include <stdlib.h>
#include "threads-state.h"

static void
flush(struct thread *thread)
{
  unsigned count = thread->line_length;

  if (count == 0) return;
  slice_enter_critical();
  thread->line_length = 0;
  console_write(thread->line, count);
  slice_leave_critical();
}

// A handler prints on behalf of the thread that it interrupted; the library itself, of main.
static struct thread *
writer(void)
{
  return thread_current() ? thread_current() : &thread_table[0];
}

EXO_API void
console_flush(void)
{
  flush(writer());
}

EXO_API int
putchar(int c)
{
  struct thread *thread = writer();

  if (thread->line_length < THREAD_LINE_BYTES) thread->line[thread->line_length++] = (char)c;
  if (c == '\n' || thread->line_length >= THREAD_LINE_BYTES) flush(thread);
  return (unsigned char)c;
}

EXO_API void
exit(int status)
{
  for (int i = 0; i < THREADS_MAX; i++) flush(&thread_table[i]);
  _exit(status);
}
