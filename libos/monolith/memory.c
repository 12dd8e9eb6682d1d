// Address spaces. The page table of a process is here, and every fault of the process comes here: the first touch of a page of heap
// or stack, a store to a page that is shared since a fork, and a binding that the kernel's software TLB has dropped.
//
// A binding needs a capability in the environment where it is made: that is the one thing of its memory that a process has. It
// allows what the binding allows and no more, so a shared page cannot be written to by a process that binds it itself.
#include <string.h>
#include "server.h"

#define MEMORIES  0x52000000u // of all spaces
#define PER_SPACE ((sizeof(struct memory) + EXO_PAGE_SIZE - 1) / EXO_PAGE_SIZE)

static const exo_rights read_write = EXO_RIGHT_READ | EXO_RIGHT_WRITE;

EXO_API struct memory *
memory_of(const struct space *space)
{
  return (struct memory *)(MEMORIES + space_index(space) * PER_SPACE * EXO_PAGE_SIZE);
}

// An empty address space. Its table stays when it is gone, for the next.
EXO_API int
memory_open(struct space *space)
{
  uint32_t at = (uint32_t)memory_of(space);

  for (uint32_t i = 0; i < PER_SPACE; i++, at += EXO_PAGE_SIZE) {
    if (pager_lookup(at)) continue;
    if (pager_alloc(at, read_write) < 0) return EXO_E_NONE;
  }
  memset(memory_of(space), 0, sizeof(struct memory));
  return 0;
}

// ---- the table ----

static uint16_t *
bucket_of(struct memory *memory, uint32_t address)
{
  return &memory->bucket[address / EXO_PAGE_SIZE % BUCKETS];
}

EXO_API exo_slot
memory_slot(const struct memory *memory, uint32_t address)
{
  exo_slot slot = memory->bucket[address / EXO_PAGE_SIZE % BUCKETS];

  while (slot && PAGE_OF(memory->entry[slot]) != PAGE_OF(address)) slot = memory->next[slot];
  return slot;
}

EXO_API void
memory_enter(struct memory *memory, exo_slot slot, uint32_t address, uint32_t flags)
{
  uint16_t *bucket = bucket_of(memory, address);

  memory->entry[slot] = PAGE_OF(address) | flags | ENTRY_VALID;
  memory->next[slot] = *bucket;
  *bucket = (uint16_t)slot;
}

static void
leave(struct memory *memory, exo_slot slot)
{
  uint16_t *link = bucket_of(memory, memory->entry[slot]);

  while (*link != slot) link = &memory->next[*link];
  *link = memory->next[slot];
  memory->entry[slot] = 0;
}

static exo_slot
free_slot(const struct memory *memory)
{
  for (exo_slot slot = EXO_SLOT_FIRST_PAGE; slot < EXO_MAX_SLOTS; slot++)
    if (memory->entry[slot] == 0 && memory->page[slot] == 0) return slot;
  return 0;
}

static int
page_in(const struct memory *memory, exo_slot slot)
{
  return memory->page[slot] - 1;
}

// ---- faults ----

static int
bind(struct space *space, exo_slot slot)
{
  uint32_t entry = memory_of(space)->entry[slot];

  return exo_bind(space->slot, PAGE_OF(entry), slot, entry & ENTRY_RIGHTS) >= 0;
}

// A new page at an address that has none.
static int
fill(struct space *space, uint32_t address)
{
  struct memory *memory = memory_of(space);
  exo_slot slot = free_slot(memory);
  int page = slot ? page_take() : EXO_E_NONE;

  if (page < 0) return 0;
  if (page_give(page, space, slot, read_write) < 0) {
    page_drop(page);
    return 0;
  }
  memory->page[slot] = (uint16_t)(page + 1);
  memory_enter(memory, slot, address, read_write);
  return bind(space, slot);
}

// Makes a page the process's alone, so that it may write to it.
static int
own(struct space *space, exo_slot slot)
{
  struct memory *memory = memory_of(space);
  int page = page_in(memory, slot), old = page;

  if (page_users(page) > 1) {
    page = page_take();
    if (page < 0) return 0;
    if (page_copy(page, old) < 0) { //@step cow-copy
      page_drop(page);
      return 0;
    }
    page_drop(old);
  }
  exo_cap_delete(space->slot, slot);
  memory->page[slot] = (uint16_t)(page + 1);
  memory->entry[slot] = (memory->entry[slot] & ~ENTRY_COW) | EXO_RIGHT_WRITE;
  return page_give(page, space, slot, memory->entry[slot] & ENTRY_RIGHTS) >= 0 && bind(space, slot);
}

static int
is_lazy(const struct memory *memory, uint32_t address)
{
  return (address >= memory->heap_start && address < memory->heap_end) ||
         (address >= EXO_STACK_TOP - STACK_BYTES && address < EXO_STACK_TOP);
}

// Has the kernel refill a page from now on; the one that was pinned longest ago goes free.
static int
pin(struct space *space, exo_slot slot)
{
  struct memory *memory = memory_of(space);
  uint32_t entry = memory->entry[slot], *place = &memory->pinned[memory->next_pin++ % PINS];

  if (*place) exo_unbind(space->slot, *place);
  *place = PAGE_OF(entry);
  return exo_bind_guaranteed(space->slot, *place, slot, entry & ENTRY_RIGHTS) >= 0;
}

// Whether this instruction faulted on this page a moment ago. The software TLB is one for all environments: the two pages that an
// instruction needs may share an entry, or a page of its may share one with a page that we touch before we reply. Each refill would
// evict the other, for ever.
static int
is_again(struct memory *memory, uint32_t address, uint32_t pc)
{
  if (memory->fault_pc != pc) memset(memory->recent, 0, sizeof memory->recent);
  memory->fault_pc = pc;
  for (int i = 0; i < RECENT; i++)
    if (memory->recent[i] == PAGE_OF(address)) return 1;
  memory->recent[memory->next_recent++ % RECENT] = PAGE_OF(address);
  return 0;
}

// A process faulted. Returns whether it may try again.
EXO_API int
memory_fault(struct space *space, uint32_t address, exo_rights access, uint32_t pc)
{
  struct memory *memory = memory_of(space);
  exo_slot slot = memory_slot(memory, address);

  if (!slot)
    return is_lazy(memory, address) && access != EXO_RIGHT_EXECUTE && fill(space, address); //@step fill
  if (memory->entry[slot] & access) //@step refill
    return is_again(memory, address, pc) ? pin(space, slot) : bind(space, slot);
  return access == EXO_RIGHT_WRITE && memory->entry[slot] & ENTRY_COW && own(space, slot); //@step own
}

// ---- fork ----

// What the kernel writes to, or what must work while nothing else does, has each process of its own from the first instruction on.
static int
is_own(uint32_t entry)
{
  return entry & ENTRY_GUARANTEED && entry & EXO_RIGHT_WRITE;
}

static int
fork_page(struct space *parent, struct space *child, exo_slot slot)
{
  struct memory *from = memory_of(parent), *to = memory_of(child);
  uint32_t entry = from->entry[slot];
  int page = page_in(from, slot), error;

  if (is_own(entry)) {
    page = page_take();
    if (page < 0) return page;
    error = page_copy(page, page_in(from, slot));
  } else {
    page_share(page);
    error = 0;
    if (entry & EXO_RIGHT_WRITE) { // from now on the parent's stores fault, too
      entry = (entry & ~EXO_RIGHT_WRITE) | ENTRY_COW; //@step share
      from->entry[slot] = entry;
      error = exo_cap_restrict(parent->slot, slot, entry & ENTRY_RIGHTS);
    }
  }
  to->page[slot] = (uint16_t)(page + 1);
  memory_enter(to, slot, entry, entry & (EXO_PAGE_SIZE - 1));
  if (error >= 0) error = page_give(page, child, slot, entry & ENTRY_RIGHTS);
  if (error >= 0 && entry & ENTRY_GUARANTEED)
    error = exo_bind_guaranteed(child->slot, PAGE_OF(entry), slot, entry & ENTRY_RIGHTS);
  return error;
}

// Gives a child the pages of its parent.
EXO_API int
memory_fork(struct space *parent, struct space *child)
{
  struct memory *from = memory_of(parent), *to = memory_of(child);
  int error = 0;

  to->heap_start = from->heap_start;
  to->heap_end = from->heap_end;
  for (exo_slot slot = EXO_SLOT_FIRST_PAGE; slot < EXO_MAX_SLOTS && error >= 0; slot++)
    if (from->entry[slot]) error = fork_page(parent, child, slot);
  return error;
}

// ---- the rest ----

// After a program was loaded: nobody but us gives its pages to others, and text cannot be written to.
EXO_API void
memory_seal(struct space *space)
{
  struct memory *memory = memory_of(space);

  for (exo_slot slot = EXO_SLOT_FIRST_PAGE; slot < EXO_MAX_SLOTS; slot++)
    if (memory->entry[slot])
      exo_cap_restrict(space->slot, slot, memory->entry[slot] & ENTRY_RIGHTS);
}

// The environment is gone, and with it its capabilities.
EXO_API void
space_gone(struct space *space)
{
  struct memory *memory = memory_of(space);

  if (!pager_lookup((uint32_t)memory)) return;
  for (exo_slot slot = 0; slot < EXO_MAX_SLOTS; slot++)
    if (memory->page[slot]) page_drop(page_in(memory, slot));
  memset(memory, 0, sizeof *memory);
}

static void
drop(struct space *space, uint32_t address)
{
  struct memory *memory = memory_of(space);
  exo_slot slot = memory_slot(memory, address);

  if (!slot) return;
  exo_cap_delete(space->slot, slot); // the binding goes with it
  page_drop(page_in(memory, slot));
  memory->page[slot] = 0;
  leave(memory, slot);
}

static int
fill_all(struct space *space, uint32_t from, uint32_t to)
{
  if (!pages_left((to - from) / EXO_PAGE_SIZE + 2)) return 0;
  for (uint32_t at = PAGE_OF(from); at < to; at += EXO_PAGE_SIZE)
    if (!memory_slot(memory_of(space), at) && !fill(space, at)) return 0;
  return 1;
}

// Moves the end of the heap and returns where it was, or -1. Pages come when they are touched, unless they are wanted now.
EXO_API int
memory_sbrk(struct space *space, int bytes, int eager)
{
  struct memory *memory = memory_of(space);
  uint32_t end = memory->heap_end, start = memory->heap_start;

  if (bytes > 0 ? (uint32_t)bytes > HEAP_END - end : -(uint32_t)bytes > end - start) return -1;
  memory->heap_end = end + (uint32_t)bytes;
  if (bytes > 0 && eager && !fill_all(space, end, memory->heap_end)) {
    memory_sbrk(space, -bytes, 0);
    return -1;
  }
  if (bytes < 0)
    for (uint32_t page = PAGE_OF(memory->heap_end + EXO_PAGE_SIZE - 1); page < end;
         page += EXO_PAGE_SIZE)
      drop(space, page);
  return (int)end;
}
