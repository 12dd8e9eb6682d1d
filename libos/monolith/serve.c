// The calls of processes: what in v6 is in the library is here, before the world's own calls. Descriptors are the server's.
#include <stdio.h>
#include <string.h>
#include <kernel/vm.h>
#include <world.h>
#include <monolith.h>
#include "server.h"

#define TICK_STEPS 100000u // as in v6

int8_t descriptors[PROCESSES][NOFILE_MAX];
uint64_t wakes_at[PROCESSES]; // of who sleeps, 0: it does not

EXO_API int8_t *
descriptors_of(const struct process *process)
{
  return descriptors[process - processes];
}

// The one thing that a process of mono gets besides its pages: a slice. It has no capability for memory, the disk, the console,
// the network, the kernel's state, or another environment.
EXO_API int
space_give(struct space *space)
{
  const exo_rights both = EXO_RIGHT_READ | EXO_RIGHT_WRITE;
  exo_slot slot = space->slot;
  int error = memory_open(space);

  if (error >= 0)
    error = exo_cap_derive(0, EXO_SLOT_PROCESSOR, slot, EXO_SLOT_PROCESSOR, EXO_RIGHT_CONTROL);
  if (error >= 0) error = exo_slice_alloc(slot, EXO_SLOT_PROCESSOR, EXO_ANY, SLOT_SLICE);
  if (error >= 0) error = exo_cap_restrict(slot, EXO_SLOT_PROCESSOR, 0);
  if (error >= 0)
    error = exo_cap_derive(0, (exo_slot)pager_slot(world_page), slot, SLOT_WORLD_PAGE, EXO_RIGHT_READ);
  if (error >= 0)
    error = exo_cap_derive(0, (exo_slot)space->window_slot, slot, SLOT_WINDOW, both);
  if (error < 0) return error;
  memory_enter(memory_of(space), SLOT_WORLD_PAGE, WORLD_PAGE, EXO_RIGHT_READ | ENTRY_FIXED);
  memory_enter(memory_of(space), SLOT_WINDOW, WINDOW, both | ENTRY_FIXED);
  return 0;
}

// ---- descriptors ----

static int
file_at(const struct process *process, uint32_t fd)
{
  return fd < NOFILE_MAX ? descriptors_of(process)[fd] : -1;
}

// The lowest descriptor that is free, now for a file; -1 when there is none.
static int
take_descriptor(struct process *process, int file)
{
  int8_t *mine = descriptors_of(process);

  for (int fd = 0; fd < NOFILE_MAX; fd++) {
    if (mine[fd] >= 0) continue;
    if (file >= 0) mine[fd] = (int8_t)file;
    return fd;
  }
  return -1;
}

static int
opened(struct process *process, int file)
{
  return file < 0 ? -1 : take_descriptor(process, file);
}

static int
close_descriptor(struct process *process, uint32_t fd)
{
  int8_t *mine = descriptors_of(process);
  int file = file_at(process, fd);

  if (file < 0) return -1;
  mine[fd] = -1;
  for (int other = 0; other < NOFILE_MAX; other++)
    if (mine[other] == file) return 0;
  return file_close(process, (uint32_t)file);
}

static int
make_pipe(struct process *process, uint32_t words[])
{
  uint32_t write_end;
  int read_fd, read_end;

  read_end = file_pipe(process, &write_end);
  read_fd = opened(process, read_end);
  if (read_fd < 0) {
    if (read_end < 0) return -1;
    file_close(process, (uint32_t)read_end);
    file_close(process, write_end);
    return -1;
  }
  words[1] = (uint32_t)take_descriptor(process, (int)write_end);
  if ((int)words[1] >= 0) return read_fd;
  close_descriptor(process, (uint32_t)read_fd);
  file_close(process, write_end);
  return -1;
}

// ---- the clock ----

static int
sleep_ticks(struct process *process, uint32_t words[])
{
  uint64_t *end = &wakes_at[process - processes], now = steps_now();
  int ticks = (int)words[1];

  if (*end == 0) *end = now + (uint64_t)(ticks < 0 ? 0 : ticks) * TICK_STEPS;
  words[1] = (uint32_t)*end;
  words[2] = (uint32_t)(*end >> 32);
  if (now < *end) return MONO_LATER;
  *end = 0;
  return 0;
}

// ---- all calls ----

static int
serve_descriptor(struct process *process, uint32_t words[])
{
  int file = file_at(process, words[1]);

  if (file < 0) return -1;
  words[1] = (uint32_t)file;
  return serve_world(process, words);
}

EXO_API int
serve(struct process *process, uint32_t words[RPC_WORDS])
{
  struct space *space = process->space;

  switch (words[0]) { //@step serve
  case MONO_FAULT:
    return memory_fault(space, words[1], words[2], words[3]);
  case MONO_FORK:
    return fork_all(process, words[1], words[2], words[3]);
  case MONO_EXEC:
    return program_exec(process, words[1]);
  case MONO_SBRK:
    return memory_sbrk(space, (int)words[1], words[2] == SBRK_EAGER);
  case MONO_DUP:
    return opened(process, file_at(process, words[1]));
  case MONO_GETPID:
    return process->pid;
  case MONO_UPTIME:
    return (int)(steps_now() / TICK_STEPS);
  case MONO_SLEEP:
    return sleep_ticks(process, words);
  case MONO_SLOT:
    return (int)memory_slot(memory_of(space), words[1]);
  case WORLD_OPEN:
    words[1] &= ~(uint32_t)WORLD_TO_EXECUTE;
    return take_descriptor(process, -1) < 0 ? -1 : opened(process, serve_world(process, words));
  case WORLD_PIPE:
    return make_pipe(process, words);
  case WORLD_CLOSE:
    return close_descriptor(process, words[1]);
  case WORLD_READ:
  case WORLD_WRITE:
  case WORLD_FSTAT:
    return serve_descriptor(process, words);
  case WORLD_EXIT:
  case WORLD_WAIT:
  case WORLD_KILL:
  case WORLD_PARENT:
  case WORLD_INTERRUPT:
  case WORLD_GETUID:
  case WORLD_SETUID:
  case WORLD_LINK:
  case WORLD_UNLINK:
  case WORLD_MKDIR:
  case WORLD_MKNOD:
  case WORLD_CHDIR:
  case WORLD_CHMOD:
  case WORLD_CHOWN:
    return serve_world(process, words);
  default:
    return -1;
  }
}

EXO_API int
monolith_main(int argc, char **argv)
{
  return world_main(argc, argv);
}
