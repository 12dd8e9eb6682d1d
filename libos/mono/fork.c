// Fork's two ends in C (fork.S).
#include "library.h"

int fork_call(void *context);
void fork_started(void);

EXO_API int
fork_call(void *context)
{
  const struct unix_boot *boot = (const void *)(EXO_BOOT_PAGE + boot_page->boot_pages * EXO_PAGE_SIZE -
                                                sizeof(struct unix_boot));
  uint32_t words[RPC_WORDS] = {MONO_FORK, (uint32_t)fork_child, (uint32_t)context,
                               (uint32_t)&boot->image};
  int pid = mono_call(words);

  return pid < 0 ? -1 : pid;
}

// The first thing that a child does. Its parent waits in a call; the child does not.
EXO_API EXO_RESIDENT void
fork_started(void)
{
  mono_register();
  mono_space = *(const volatile uint32_t *)WINDOW;
}
