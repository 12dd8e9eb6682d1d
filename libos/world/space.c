// Environments of processes. The server makes them, so that it holds the capability that all others for them descend from; who
// fills one (the parent in fork, the process itself in exec) gets a derived one for as long as it takes.
//
// After a fork the child reads pages that its parent owns, until it writes to them or becomes another program. So an environment
// whose process is gone stays, without a slice, while others depend on it: it lends its pages.
#include <string.h>
#include <world_server.h>

#define WINDOWS 0x50000000u // where the server sees the windows of all spaces

struct space spaces[WORLD_SPACES];
struct world_page *world_page;
static int world_page_slot;

EXO_API uint
space_index(const struct space *space)
{
  return (uint)(space - spaces);
}

EXO_API void *
space_window(const struct space *space)
{
  return (void *)(WINDOWS + space_index(space) * EXO_PAGE_SIZE);
}

static struct world_space *
shown(const struct space *space)
{
  return &world_page->space[space_index(space)];
}

// Makes the page that all processes may read.
EXO_API void
space_start(void)
{
  uint32_t at = WINDOWS - EXO_PAGE_SIZE;

  if (pager_alloc(at, EXO_RIGHT_READ | EXO_RIGHT_WRITE) < 0) world_fail("no page is left");
  world_page = (struct world_page *)at;
  world_page->magic = WORLD_MAGIC;
  world_page->server = boot_page->environment;
  world_page_slot = pager_slot(world_page);
}

// The space of an environment that calls, 0 when it is none of ours.
EXO_API struct space *
space_of(exo_env id)
{
  for (struct space *space = spaces; space < spaces + WORLD_SPACES; space++)
    if (space->slot != 0 && space->id == id && !space->is_dying) return space;
  return 0;
}

// What every process may do: have memory, run in its slice, look at the exposed state, and use the network if there is one.
EXO_API int
space_give(struct space *space)
{
  exo_slot slot = space->slot;
  int error = exo_cap_derive(0, EXO_SLOT_MEMORY, slot, EXO_SLOT_MEMORY, EXO_RIGHT_CONTROL);

  if (error >= 0)
    error = exo_cap_derive(0, EXO_SLOT_PROCESSOR, slot, EXO_SLOT_PROCESSOR, EXO_RIGHT_CONTROL);
  if (error >= 0) error = exo_slice_alloc(slot, EXO_SLOT_PROCESSOR, EXO_ANY, SLOT_SLICE);
  // One slice is what it gets.
  if (error >= 0) error = exo_cap_restrict(slot, EXO_SLOT_PROCESSOR, 0);
  if (error >= 0) error = exo_cap_derive(0, EXO_SLOT_STATE, slot, EXO_SLOT_STATE, EXO_RIGHT_READ);
  if (error >= 0)
    error = exo_cap_derive(0, (uint32_t)world_page_slot, slot, SLOT_WORLD_PAGE, EXO_RIGHT_READ);
  if (error >= 0)
    error = exo_cap_derive(0, (uint32_t)space->window_slot, slot, SLOT_WINDOW,
                           EXO_RIGHT_READ | EXO_RIGHT_WRITE);
  if (error >= 0)
    exo_cap_derive(0, EXO_SLOT_NETWORK, slot, EXO_SLOT_NETWORK, EXO_RIGHT_READ | EXO_RIGHT_WRITE);
  return error;
}

// The window is the server's page, so that nobody takes it away from under the server.
static int
open_window(struct space *space)
{
  uint32_t at = (uint32_t)space_window(space);
  int error = pager_alloc(at, EXO_RIGHT_READ | EXO_RIGHT_WRITE);

  if (error >= 0) space->window_slot = PTE_SLOT(pager_lookup(at));
  return error;
}

static void
close_window(struct space *space)
{
  pager_unmap((uint32_t)space_window(space));
  if (exo_page_free(0, (uint32_t)space->window_slot) >= 0) slot_free((uint32_t)space->window_slot);
}

// A new environment for a process, with nothing in it yet. Returns 0 when environments, slices or pages are used up.
EXO_API struct space *
space_new(struct process *process)
{
  struct space *space = spaces;
  int slot, id;

  while (space < spaces + WORLD_SPACES && space->slot != 0) space++;
  if (space == spaces + WORLD_SPACES) return 0;
  memset(space, 0, sizeof *space);
  if (open_window(space) < 0) return 0;
  slot = slot_alloc();
  id = slot < 0 ? slot : exo_env_create(EXO_SLOT_ENVIRONMENTS, (uint32_t)slot);
  if (id < 0) {
    if (slot >= 0) slot_free((uint32_t)slot);
    close_window(space);
    return 0;
  }
  space->slot = (uint32_t)slot;
  space->id = (exo_env)id;
  space->process = process;
  memset(shown(space), 0, sizeof *shown(space));
  shown(space)->pid = (uint32_t)process->pid;
  if (space_give(space) >= 0) return space;
  space_destroy(space);
  return 0;
}

static void
depend_no_more(struct space *source)
{
  source->dependants--;
  shown(source)->dependants = (uint32_t)source->dependants;
  if (source->lends && source->dependants == 0) space_destroy(source);
}

// A space reads no page of the one that it was forked from any more.
EXO_API void
space_cut(struct space *space)
{
  struct space *source = space->source;

  space->source = 0;
  shown(space)->orphan = 0;
  if (source) depend_no_more(source);
}

// Ends an environment. Its record is free when the kernel has told us (space_look).
EXO_API void
space_destroy(struct space *space)
{
  space->process = 0;
  if (space->is_dying) return;
  space->is_dying = 1;
  shown(space)->pid = 0;
  exo_env_destroy(space->slot);
}

// A process is in it no longer. While it lends its pages it still reads those that it has from where it was forked itself: what
// it lends is derived from them.
EXO_API void
space_leave(struct space *space)
{
  space->process = 0;
  if (space->dependants == 0) {
    space_cut(space);
    space_destroy(space);
    return;
  }
  space->lends = 1;
  exo_slice_free(space->slot, SLOT_SLICE);
  shown(space)->pid = 0;
  for (struct space *each = spaces; each < spaces + WORLD_SPACES; each++)
    if (each->slot != 0 && each->source == space) shown(each)->orphan = 1;
}

// An environment is gone, and its place is free: whoever keeps something for it lets it go.
EXO_API void
space_gone(struct space *space)
{
  (void)space;
}

// Finds the environments that are gone: ours by space_destroy, and those that ended otherwise.
EXO_API void
space_look(void)
{
  for (struct space *space = spaces; space < spaces + WORLD_SPACES; space++) {
    struct process *process = space->process;

    if (space->slot == 0) continue;
    if (exo_env_set_word(space->slot, 1, shown(space)->pid) != EXO_E_CAP) continue;
    close_window(space);
    space_gone(space);
    slot_free(space->slot);
    space->slot = 0;
    space->is_dying = 1;
    for (struct space *each = spaces; each < spaces + WORLD_SPACES; each++)
      if (each->slot != 0 && each->source == space) each->source = 0;
    space_cut(space);
    space->process = 0;
    if (process && process->space == space) process_lost(process);
    if (process && process->making == space) process->making = 0;
  }
}
