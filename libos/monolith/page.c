// The physical memory of all processes is the server's. An environment has 1024 slots for capabilities, too few for that; so the
// server keeps the owners' capabilities in keepers: environments that never run, of which it uses the table.
//
// A page's number says which keeper has it, and where. How many address spaces it is in is counted here: copy-on-write is a
// question of this count, and no process need outlive another.
#include <stdlib.h>
#include <string.h>
#include "server.h"

#define KEEPERS    8
#define PER_KEEPER (EXO_MAX_SLOTS - EXO_SLOT_FIRST_PAGE)
#define PAGES      (KEEPERS * PER_KEEPER)

#define STATE_AT    0x4f100000u // the first page of the kernel's exposed state
#define SEE_AT      0x4f200000u // two pages, while one is copied to the other
#define PAGES_SPARE 24          // so many stay free, for what cannot be refused

static EXO_RESIDENT_BSS exo_slot keepers[KEEPERS];
static uint8_t users[PAGES];
static unsigned next_page;

// Whether so many pages can be had. To ask the kernel when there are none would be a shortage, and it would take pages from someone.
EXO_API int
pages_left(unsigned count)
{
  static int is_bound;
  const volatile struct exo_state_header *state = (const void *)STATE_AT;

  if (!is_bound) is_bound = exo_bind_state(0, STATE_AT, EXO_SLOT_STATE, 0) >= 0;
  return !is_bound || state->free_count >= count + PAGES_SPARE;
}

// The binding of the exposed state is in no page table of ours.
EXO_API int
on_page_fault(struct upcall_frame *frame)
{
  if (PAGE_OF(frame->value) == STATE_AT) return exo_bind_state(0, STATE_AT, EXO_SLOT_STATE, 0) >= 0;
  return pager_demand(frame);
}

// The end of the server, however it comes. With it go all memory and all slices of its processes: what would be left of them are
// environments that never run again.
EXO_API EXO_RESIDENT void
_exit(int status)
{
  for (int i = 0; i < WORLD_SPACES; i++)
    if (spaces[i].slot) exo_env_destroy(spaces[i].slot);
  for (int i = 0; i < KEEPERS; i++)
    if (keepers[i]) exo_env_destroy(keepers[i]);
  exo_env_set_word(0, 0, (uint32_t)status);
  exo_env_destroy(0);
  for (;;);
}

static exo_slot
slot_of(int page)
{
  return (exo_slot)page % PER_KEEPER + EXO_SLOT_FIRST_PAGE;
}

// The keeper of a page, made when its first page is wanted. Returns its slot or an error.
static int
keeper_of(int page)
{
  exo_slot *keeper = &keepers[(unsigned)page / PER_KEEPER];
  int slot, error;

  if (*keeper) return (int)*keeper;
  slot = slot_alloc();
  if (slot < 0) return slot;
  error = exo_env_create(EXO_SLOT_ENVIRONMENTS, (exo_slot)slot);
  if (error >= 0)
    error = exo_cap_derive(0, EXO_SLOT_MEMORY, (exo_slot)slot, EXO_SLOT_MEMORY, EXO_RIGHT_CONTROL);
  if (error < 0) return error;
  *keeper = (exo_slot)slot;
  return slot;
}

// A page of zeros with one user. Returns its number or an error.
EXO_API int
page_take(void)
{
  int page, keeper, error;

  if (!pages_left(1)) return EXO_E_NONE;
  for (unsigned tries = 0; tries < PAGES && users[next_page]; tries++)
    next_page = (next_page + 1) % PAGES;
  page = (int)next_page;
  if (users[page]) return EXO_E_NONE;
  keeper = keeper_of(page);
  if (keeper < 0) return keeper;
  error = exo_page_alloc((exo_slot)keeper, EXO_SLOT_MEMORY, EXO_ANY, slot_of(page));
  if (error < 0) return error;
  users[page] = 1;
  return page;
}

EXO_API void
page_share(int page)
{
  users[page]++;
}

EXO_API int
page_users(int page)
{
  return users[page];
}

EXO_API void
page_drop(int page)
{
  if (--users[page] > 0) return;
  exo_page_free((exo_slot)keeper_of(page), slot_of(page));
  if ((unsigned)page < next_page) next_page = (unsigned)page;
}

// Puts a capability for a page into a process's environment.
EXO_API int
page_give(int page, const struct space *space, exo_slot slot, exo_rights rights)
{
  return exo_cap_derive((exo_slot)keeper_of(page), slot_of(page), space->slot, slot, rights);
}

// Has a page in our own address space. Returns its slot or an error.
static int
see(int page, uint32_t at)
{
  const exo_rights rights = EXO_RIGHT_READ | EXO_RIGHT_WRITE;
  int slot = slot_alloc(), error;

  if (slot < 0) return slot;
  error = exo_cap_derive((exo_slot)keeper_of(page), slot_of(page), 0, (exo_slot)slot, rights);
  if (error >= 0) error = pager_map(at, 0, (exo_slot)slot, rights);
  if (error >= 0) return slot;
  exo_cap_delete(0, (exo_slot)slot);
  slot_free((exo_slot)slot);
  return error;
}

static void
unsee(uint32_t at, int slot)
{
  if (slot < 0) return;
  pager_unmap(at);
  exo_cap_delete(0, (exo_slot)slot);
  slot_free((exo_slot)slot);
}

EXO_API int
page_copy(int to, int from)
{
  int source = see(from, SEE_AT), target = see(to, SEE_AT + EXO_PAGE_SIZE);
  int error = source < 0 ? source : target;

  if (error >= 0) memcpy((void *)(SEE_AT + EXO_PAGE_SIZE), (const void *)SEE_AT, EXO_PAGE_SIZE);
  unsee(SEE_AT, source);
  unsee(SEE_AT + EXO_PAGE_SIZE, target);
  return error < 0 ? error : 0;
}
