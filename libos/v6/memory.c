// The memory of a process. Heap and stack get a page at the first touch; after a fork parent and child read the same pages, and who
// writes to one first copies it. The kernel knows nothing of either: a page has one owner, and a child's capabilities for its
// parent's pages allow it to read.
//
// The parent keeps a page that it has copied for as long as a child may read it (it is lent), and takes it as its own again, without
// a copy, when no child does.
#include <string.h>
#include "library.h"

EXO_RESIDENT_BSS uint8_t page_flags[EXO_MAX_SLOTS];
EXO_RESIDENT_BSS uint16_t page_birth[EXO_MAX_SLOTS];
EXO_RESIDENT_BSS uint16_t page_last[EXO_MAX_SLOTS];
EXO_RESIDENT_BSS uint16_t forks;
EXO_RESIDENT_BSS uint16_t dependants[WORLD_SPACES];
EXO_RESIDENT_BSS unsigned dependant_count;
EXO_RESIDENT_BSS unsigned copy_depth;

#define STATE_AT    0x7ffe3000u // the first page of the kernel's exposed state
#define PAGES_SPARE 24          // so many stay free, for what cannot be refused

// Whether so many pages can be had. To ask the kernel when there are none would be a shortage, and it would take pages from someone;
// so this looks before it asks.
EXO_API int
memory_left(unsigned pages)
{
  static EXO_RESIDENT_BSS int is_bound;
  const volatile struct exo_state_header *state = (const void *)STATE_AT;

  if (!is_bound) is_bound = exo_bind_state(0, STATE_AT, EXO_SLOT_STATE, 0) >= 0;
  return !is_bound || state->free_count >= pages + PAGES_SPARE;
}

// Whether a child that was forked since the page became ours may still read it.
static int
is_shared(exo_slot slot, uint16_t last)
{
  if (WORLD->space[identity.space].dependants == 0) return 0;
  for (unsigned i = 0; i < dependant_count; i++)
    if (dependants[i] > page_birth[slot] && dependants[i] <= last) return 1;
  // Past the last number that there is, all count as one.
  return forks == 0xffff;
}

// Gives up a page's capability: with our own the page is free, with an inherited one everything that we derived from it goes.
static void
give_up(exo_slot slot)
{
  int error = page_flags[slot] & PAGE_INHERITED ? exo_cap_delete(0, slot) : exo_page_free(0, slot);

  page_flags[slot] = 0;
  if (error >= 0) slot_free(slot);
}

// Gives back what was lent and is read by nobody any more. Returns whether pages are still lent that we have inherited.
static int
reclaim(void)
{
  int lends_inherited = 0;

  for (exo_slot slot = 0; slot < EXO_MAX_SLOTS; slot++) {
    if (!(page_flags[slot] & PAGE_LENT)) continue;
    if (!is_shared(slot, page_last[slot]))
      give_up(slot);
    else if (page_flags[slot] & PAGE_INHERITED)
      lends_inherited = 1;
  }
  return lends_inherited;
}

EXO_API void
memory_reclaim(void)
{
  reclaim();
}

// A page is in our table no longer.
static void
let_go(exo_slot slot)
{
  if (is_shared(slot, forks)) {
    page_flags[slot] = PAGE_LENT | (page_flags[slot] & PAGE_INHERITED);
    page_last[slot] = forks;
  } else {
    give_up(slot);
  }
}

// Takes a page out of the address space.
EXO_API void
memory_drop(uint32_t address)
{
  pte entry = pager_lookup(address);

  if (!(entry & PTE_VALID)) return;
  pager_unmap(address);
  let_go(PTE_SLOT(entry));
}

// A new page, with what is at the address in it; it is seen at COPY_AT meanwhile. Returns its slot or an error.
static int
copy_of(uint32_t address, int *frame)
{
  uint32_t at = COPY_AT + copy_depth * EXO_PAGE_SIZE;
  int slot;

  if (copy_depth == COPY_DEPTH || !memory_left(1)) return EXO_E_NONE;
  slot = slot_alloc();
  if (slot < 0) return slot;
  *frame = exo_page_alloc(0, EXO_SLOT_MEMORY, EXO_ANY, (uint32_t)slot);
  if (*frame < 0) {
    slot_free((uint32_t)slot);
    return *frame;
  }
  copy_depth++;
  pager_map(at, (uint32_t)*frame, (uint32_t)slot, EXO_RIGHT_READ | EXO_RIGHT_WRITE);
  page_copy((void *)at, (const void *)PAGE_OF(address)); //@step cow-copy
  pager_unmap(at);
  copy_depth--;
  return slot;
}

// Makes the page at an address ours alone, and as writable as it may be. Returns 1, or 0 when there is no page for it.
EXO_API int
memory_own(uint32_t address)
{
  pte entry = pager_lookup(address);
  exo_slot old = PTE_SLOT(entry);
  exo_rights rights = entry & PTE_RIGHTS;
  int frame = (int)PTE_FRAME(entry), slot = (int)old;

  if (page_flags[old] & PAGE_COW) rights |= EXO_RIGHT_WRITE;
  if (page_flags[old] & PAGE_INHERITED || is_shared(old, forks)) slot = copy_of(address, &frame);
  if (slot < 0) return 0;
  page_flags[slot] = 0;
  page_birth[slot] = forks;
  if (entry & PTE_GUARANTEED) {
    exo_bind_guaranteed(0, PAGE_OF(address), (uint32_t)slot, rights);
    pager_enter(PAGE_OF(address), PTE(frame, slot, rights | PTE_VALID | PTE_GUARANTEED));
  } else {
    pager_map(PAGE_OF(address), (uint32_t)frame, (uint32_t)slot, rights);
  }
  if (slot != (int)old) let_go(old);
  return 1;
}

static uint32_t heap_end; // 0 until first asked

// Moves the end of the heap and returns where it was, or (void *)-1. Pages come when they are touched, and go when the end is
// before them.
EXO_API void *
sbrk(int bytes)
{
  uint32_t start = boot_page->heap_start, end;

  if (heap_end == 0) heap_end = start;
  end = heap_end;
  if (bytes > 0 ? (uint32_t)bytes > HEAP_END - end : -(uint32_t)bytes > end - start)
    return (void *)-1;
  heap_end = end + (uint32_t)bytes;
  if (bytes < 0)
    for (uint32_t page = PAGE_OF(heap_end + EXO_PAGE_SIZE - 1); page < end; page += EXO_PAGE_SIZE)
      memory_drop(page);
  return (void *)end;
}

// Whether the stack grows to an address by itself. What lies below the page of the stack pointer nobody has asked for: as in xv6, who
// touches it has lost its way. With a stack pointer that is elsewhere, as a handler's, there is no telling.
EXO_API int
memory_is_stack(uint32_t address, uint32_t sp)
{
  uint32_t top = boot_page->stack_top, end = top - STACK_BYTES;

  if (address < end || address >= top) return 0;
  return sp < end || sp >= top || address >= PAGE_OF(sp);
}

// Whether a page comes at the first touch of an address: on the heap, or on the stack.
static int
is_lazy(const struct upcall_frame *frame)
{
  uint32_t address = frame->value;

  return (address >= boot_page->heap_start && address < heap_end) ||
         memory_is_stack(address, frame->sp);
}

// Puts a page of zeros at an address. Returns 0 when none can be had.
EXO_API int
memory_fill(uint32_t address)
{
  exo_slot slot;

  if (!memory_left(2)) memory_reclaim();
  if (!memory_left(2)) return 0;
  if (pager_alloc(PAGE_OF(address), EXO_RIGHT_READ | EXO_RIGHT_WRITE) < 0) return 0;
  slot = PTE_SLOT(pager_lookup(address));
  page_flags[slot] = 0;
  page_birth[slot] = forks;
  return 1;
}

// A store to a page that is shared, or the first touch of one that is not there.
EXO_API int
on_page_fault(struct upcall_frame *frame)
{
  pte entry = pager_lookup(frame->value);

  if (PAGE_OF(frame->value) == STATE_AT)
    return exo_bind_state(0, STATE_AT, EXO_SLOT_STATE, 0) >= 0;
  if (entry & PTE_VALID && page_flags[PTE_SLOT(entry)] & PAGE_COW &&
      fault_access(frame) == EXO_RIGHT_WRITE)
    return memory_own(frame->value); //@step cow-fault
  if (entry != 0 || !is_lazy(frame) || fault_access(frame) == EXO_RIGHT_EXECUTE) return 0;
  return memory_fill(frame->value);
}

// Copies every page that the process that we were forked from still owns: it has ended, and its environment stays for these.
EXO_API void
memory_emancipate(void)
{
  extern pte pager_root[1024];

  for (uint32_t index = 0; index < 1024; index++) {
    if (!(pager_root[index] & PTE_VALID)) continue;
    for (uint32_t i = 0; i < 1024; i++) {
      uint32_t address = index << 22 | i * EXO_PAGE_SIZE;
      pte entry = pager_lookup(address);

      if (entry & PTE_VALID && page_flags[PTE_SLOT(entry)] & PAGE_INHERITED &&
          !memory_own(address))
        return;
    }
  }
  // Our own children may read some of them through us.
  if (!reclaim()) call0(WORLD_EMANCIPATED);
}
