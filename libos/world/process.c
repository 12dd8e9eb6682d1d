// The table of processes: who is whose child, what became of it, and what it waits for.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <world_server.h>

struct process processes[PROCESSES];
struct process *first_process;
static int next_pid = 1;

// What wakes is news in the page that all may read: the library sleeps until its word there is another.
EXO_API void
wake(const void *what)
{
  for (struct process *process = processes; process < processes + PROCESSES; process++) {
    if (process->pid == 0 || process->is_zombie || process->waits != what) continue;
    process->waits = 0;
    world_page->space[space_index(process->space)].news++;
  }
}

// The answer to a call that cannot be answered now.
EXO_API int
wait_for(struct process *process, const void *what)
{
  process->waits = what;
  return WORLD_AGAIN;
}

EXO_API struct process *
process_new(struct process *parent)
{
  for (struct process *process = processes; process < processes + PROCESSES; process++) {
    if (process->pid != 0) continue;
    memset(process, 0, sizeof *process);
    process->pid = next_pid++;
    process->parent = parent;
    if (!parent) return process;
    process->directory = parent->directory;
    if (process->directory) inode_share(process->directory);
    process->uid = parent->uid;
    process->ignores_interrupt = parent->ignores_interrupt;
    process->is_leader = parent == first_process && strcmp(parent->name, "init") == 0;
    memcpy(process->name, parent->name, sizeof process->name);
    return process;
  }
  return 0;
}

// Its place is free again.
EXO_API void
process_forget(struct process *process)
{
  if (process->directory) inode_put(process->directory);
  process->directory = 0;
  process->pid = 0;
}

static void
end(struct process *process, int status)
{
  for (int i = 0; i < FILES; i++)
    if (process->holds[i / 32] & 1u << i % 32) file_let_go(process, i);
  if (process->directory) inode_put(process->directory);
  process->directory = 0;
  if (process->making) space_destroy(process->making);
  process->making = 0;
  process->waits = 0;
  process->is_zombie = 1;
  process->status = status;
  for (struct process *child = processes; child < processes + PROCESSES; child++) {
    if (child->pid == 0 || child->parent != process) continue;
    child->parent = first_process;
    child->is_leader = 0;
    if (child->is_zombie) wake(first_process);
  }
  if (process->parent) wake(process->parent);
}

// A process ends. The first one takes the world with it.
EXO_API void
process_exit(struct process *process, int status)
{
  struct space *space = process->space;

  if (process->is_zombie) return;
  end(process, status);
  process->space = 0;
  if (process == first_process) world_end(status);
  space_leave(space);
}

// Its environment is gone: it crashed, or destroyed itself.
EXO_API void
process_lost(struct process *process)
{
  if (process->is_zombie) return;
  end(process, -1);
  process->space = 0;
  if (process == first_process) world_end(-1);
}

EXO_API int
process_wait(struct process *process, int *status)
{
  int has_children = 0;

  for (struct process *child = processes; child < processes + PROCESSES; child++) {
    if (child->pid == 0 || child->parent != process) continue;
    has_children = 1;
    if (child->is_zombie) {
      int pid = child->pid;

      *status = child->status;
      process_forget(child);
      return pid;
    }
  }
  return has_children ? wait_for(process, process) : -1;
}

EXO_API int
process_kill(int pid)
{
  for (struct process *process = processes; process < processes + PROCESSES; process++) {
    if (pid <= 0 || process->pid != pid) continue;
    process_exit(process, -1);
    return 0;
  }
  return -1;
}

// Whether the shell, or a program in the foreground, is above a process: not so for what runs in the background, which
// was adopted by init.
static int
is_in_foreground(const struct process *process)
{
  if (process->ignores_interrupt || process->is_leader) return 0;
  if (process == first_process) return strcmp(process->name, "init") != 0;
  for (const struct process *up = process->parent; up; up = up->parent) {
    if (up->is_leader) return 1;
    if (up == first_process) return strcmp(up->name, "init") != 0;
  }
  return 0;
}

// Control-C: ends what runs in the foreground. With a shell as the first process, that stays.
EXO_API void
process_interrupt(void)
{
  int is_first_meant = is_in_foreground(first_process);

  for (struct process *process = processes; process < processes + PROCESSES; process++)
    if (process->pid != 0 && !process->is_zombie && process != first_process &&
        is_in_foreground(process))
      process_exit(process, 128 + 2);
  if (is_first_meant) process_exit(first_process, 128 + 2);
}

// ---- fork and exec: environments that a process fills ----

// Makes an environment that the caller may fill. Returns the slot at which its capability is offered.
static int
begin(struct process *maker, struct process *process, uint32_t words[])
{
  struct space *space = space_new(process);

  if (!space) return -1;
  if (exo_cap_offer(space->slot, maker->space->id, EXO_RIGHTS_ALL) < 0) {
    space_destroy(space);
    return -1;
  }
  maker->making = space;
  words[1] = space->id;
  words[2] = space_index(space);
  return (int)space->slot;
}

// Which of the forks of a space still depend on it, as numbers in its window.
static uint
list_dependants(struct space *space)
{
  uint32_t *list = space_window(space);
  uint count = 0;

  for (struct space *each = spaces; each < spaces + WORLD_SPACES; each++)
    if (each->slot != 0 && each->source == space) list[count++] = each->fork;
  return count;
}

EXO_API int
fork_begin(struct process *process, uint32_t words[])
{
  struct process *child = process->making ? 0 : process_new(process);
  int slot = child ? begin(process, child, words) : -1;

  if (slot < 0) {
    if (child) process_forget(child);
    return -1;
  }
  child->space = process->making;
  child->space->source = process->space;
  child->space->fork = ++process->space->forks;
  process->space->dependants++;
  world_page->space[space_index(process->space)].dependants = (uint)process->space->dependants;
  file_copy_holds(process, child);
  words[3] = (uint32_t)child->pid;
  words[4] = list_dependants(process->space);
  return slot;
}

EXO_API int
fork_done(struct process *process, uint32_t pc, uint32_t argument)
{
  struct space *space = process->making;

  if (!space || space->process == process) return -1;
  if (exo_env_start(space->slot, pc, argument) < 0) return -1;
  process->making = 0;
  return space->process->pid;
}

EXO_API int
exec_begin(struct process *process, uint32_t words[])
{
  return process->making ? -1 : begin(process, process, words);
}

// From now on the process is in the new environment. The caller does not go on.
EXO_API int
exec_done(struct process *process, uint32_t pc, uint32_t argument, const char *name)
{
  struct space *old = process->space, *new = process->making;

  if (!new || new->process != process) return -1;
  if (exo_env_start(new->slot, pc, argument) < 0) return -1;
  process->making = 0;
  process->space = new;
  strncpy(process->name, name, sizeof process->name - 1);
  space_leave(old);
  return 0;
}

// What was begun and not done: a child that never was, or an image that could not be loaded.
EXO_API int
cancel_new(struct process *process)
{
  struct space *space = process->making;
  struct process *child = space ? space->process : 0;

  if (!space) return -1;
  process->making = 0;
  if (child && child != process) {
    for (int i = 0; i < FILES; i++)
      if (child->holds[i / 32] & 1u << i % 32) file_let_go(child, i);
    child->space = 0;
    process_forget(child);
    space_cut(space);
  }
  space_destroy(space);
  return 0;
}

// What control-P writes.
EXO_API void
process_list(void)
{
  static const char *const states[] = {"runs", "waits", "zombie"};

  for (struct process *process = processes; process < processes + PROCESSES; process++) {
    char line[64];

    if (process->pid == 0) continue;
    snprintf(line, sizeof line, "%d %s %s\n", process->pid,
             states[process->is_zombie ? 2 : process->waits != 0], process->name);
    tty_write(line, strlen(line));
  }
}

// Process 1 is gone.
EXO_API void
world_end(int status)
{
  for (struct space *space = spaces; space < spaces + WORLD_SPACES; space++)
    if (space->slot != 0 && !space->is_dying) exo_env_destroy(space->slot);
  log_commit();
  block_barrier();
  exit(status);
}
