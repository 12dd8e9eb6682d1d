// Fork, all of it: the caller waits in its call, and its registers are on its stack, which the child will read.
#include <string.h>
#include "server.h"

static int
give_up(struct process *child)
{
  if (child->space) space_destroy(child->space);
  child->space = 0;
  for (int i = 0; i < FILES; i++)
    if (child->holds[i / 32] & 1u << i % 32) file_let_go(child, i);
  process_forget(child);
  return -1;
}

// The child begins at `pc` with `argument`. Returns its pid, or -1.
EXO_API int
fork_all(struct process *process, uint32_t pc, uint32_t argument, uint32_t image)
{
  struct process *child = process_new(process);

  if (!child) return -1;
  child->space = space_new(child);
  if (!child->space || memory_fork(process->space, child->space) < 0) return give_up(child); //@step fork
  file_copy_holds(process, child);
  wakes_at[child - processes] = 0;
  memcpy(descriptors_of(child), descriptors_of(process), NOFILE_MAX);
  *(uint32_t *)space_window(child->space) = space_index(child->space);
  exo_env_publish(child->space->slot, image);
  if (exo_env_start(child->space->slot, pc, argument) < 0) return give_up(child);
  return child->pid;
}
