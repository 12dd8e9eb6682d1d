// The library's end of a slice, with a mistake in one line: it keeps the registers of the thread
// that runs as those of another. What happens to that other one?
#include <stdio.h>
#include <stdlib.h>
#include <threads.h>

static volatile uint32_t rounds;

// Keeps the registers that the end of a slice has interrupted.
void
thread_save(struct thread *thread, const struct upcall_frame *frame)
{
  static struct thread *runs;

  if (runs == 0) runs = thread; // wrong: it is not the same one at every end of a slice
  runs->context = *frame;       //@step save
}

static int
works(void *argument)
{
  const char *name = argument; // who this is, as the thread itself remembers it

  for (;;) {
    rounds++; //@step work
    if (thread_self()->argument == name) continue;
    printf("%s runs with the registers of %s\n", thread_self()->name, name); //@step mixed-up
    exit(1);
  }
}

int
main(void)
{
  struct thread *anna = thread_create("anna", works, "anna");

  thread_create("bert", works, "bert");
  return thread_join(anna);
}
