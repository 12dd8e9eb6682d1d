// From the first instruction in C to main, in a process.
#include <stdlib.h>
#include <string.h>
#include "library.h"

int main(int argc, char **argv);

EXO_LAUNCHED_IN(v6/alone.exo.json);

static const char alone[] =
    "this is a program for UNIX, and there is no world for it: launch it alone, or run a scenario that puts it on a\n"
    "world's disk, as test-workspace/v6/v6.exo.json does\n";

// Called by _start on the process's own stack.
EXO_API void
libos_main(const struct exo_boot *boot)
{
  const struct unix_boot *world = (const void *)(EXO_BOOT_PAGE + boot->boot_pages * EXO_PAGE_SIZE -
                                                 sizeof(struct unix_boot));

  if (world->magic != WORLD_MAGIC) fault_end_bare(alone);
  identity.server = world->server;
  identity.own = boot->environment;
  identity.space = world->space;
  identity.pid = (int)world->pid;
  memcpy(descriptors, world->file, sizeof world->file);
  exo_env_set_entry(0, EXO_ENTRY_REPOSSESSION, (uintptr_t)upcall_entry);
  exit(main((int)boot->argument_count, (char **)boot->arguments));
}
