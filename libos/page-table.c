// The format of this libOS's page table: everything that knows how entries are found. Another
// format is another file with these functions (pt_hash is one); nobody else looks into the table.
//
// Two levels. The root has a word for each 4 MiB of the address space and is resident. A
// second-level page has a word for each page of those 4 MiB; all of them lie side by side in a
// window of the address space, so that together they look like one array with an entry for each
// page there is:
//
//   entry of page p  =  ((pte *)PAGER_WINDOW)[p]
//
// Second-level pages are ordinary memory and may themselves be evicted. Reading an entry then
// faults inside the fault handler; that nested upcall finds the second-level page in the root,
// binds it, and the outer one goes on.
#include "libos.h"

#define ENTRY(page) ((pte *)(PAGER_WINDOW + (page) / EXO_PAGE_SIZE * sizeof(pte)))

EXO_RESIDENT_BSS pte pager_root[1024];

EXO_STEP_THROUGH(pager_lookup);
EXO_STEP_THROUGH(pager_in_table);

// Whether an address is where the table's own pages are.
EXO_API EXO_RESIDENT int
pager_in_table(uint32_t address)
{
  return address - PAGER_WINDOW < PAGER_WINDOW_BYTES;
}

// Returns the entry for an address, or 0 (which is not valid) when there is none. Where the table
// itself was taken, everything is lost.
EXO_API EXO_RESIDENT pte
pager_lookup(uint32_t address)
{
  if (pager_in_table(address)) return pager_root[(address - PAGER_WINDOW) / EXO_PAGE_SIZE];
  if (!(pager_root[address >> 22] & PTE_VALID)) return pager_root[address >> 22];
  return *ENTRY(address);
}

// Makes the second-level page that an address needs. Returns 0 or an error.
static EXO_RESIDENT int
second_level(uint32_t address)
{
  uint32_t index = address >> 22;
  pte entry, none = 0;
  int slot, frame;

  if (pager_root[index] & PTE_VALID) return 0;
  if (pager_root[index] & PTE_LOST) return EXO_E_CAP; // a new one would not know what was here
  slot = slot_alloc();
  if (slot < 0) return slot;
  frame = exo_page_alloc(0, EXO_SLOT_MEMORY, EXO_ANY, slot);
  if (frame < 0) {
    slot_free(slot);
    return frame;
  }
  entry = PTE(frame, slot, PTE_VALID | PTE_READ | PTE_WRITE);
  if (!__atomic_compare_exchange_n(&pager_root[index], &none, entry, 0, __ATOMIC_RELAXED,
                                   __ATOMIC_RELAXED)) {
    // An upcall came in between and needed it too. Its page is as good.
    exo_page_free(0, slot);
    slot_free(slot);
    return 0;
  }
  return exo_bind(0, PAGER_WINDOW + index * EXO_PAGE_SIZE, slot, PTE_READ | PTE_WRITE);
}

// Writes the entry for an address; binds nothing. Returns 0 or an error.
EXO_API EXO_RESIDENT int
pager_enter(uint32_t address, pte entry)
{
  int error = second_level(address);

  if (error < 0) return error;
  *ENTRY(address) = entry;
  return 0;
}

// Writes the entry of an address that has one, perhaps of a page of the table itself. Allocates
// nothing, so it cannot fail.
EXO_API EXO_RESIDENT void
pager_change(uint32_t address, pte entry)
{
  if (pager_in_table(address))
    pager_root[(address - PAGER_WINDOW) / EXO_PAGE_SIZE] = entry;
  else if (pager_root[address >> 22] & PTE_VALID)
    *ENTRY(address) = entry;
}

// Finds the next entry that is not 0 from a place on, in some order; the table's own pages are
// among them, each before what it holds. A place is 0 at first. Returns 0 when there is no more.
EXO_API int
pager_next(uint32_t *place, uint32_t *address, pte *entry)
{
  // Of each 4 MiB there are 1025 places: the second-level page's own, and its entries'.
  for (uint32_t index = *place / 1025, at = *place % 1025; index < 1024; index++, at = 0) {
    uint32_t table = PAGER_WINDOW + index * EXO_PAGE_SIZE;

    if (pager_in_table(index << 22)) continue; // the window has no second level
    if (at == 0 && pager_root[index] != 0) {
      *place = index * 1025 + 1;
      *address = table;
      *entry = pager_root[index];
      return 1;
    }
    if (!(pager_root[index] & PTE_VALID)) continue;
    for (pte *each = (pte *)table + (at ? at - 1 : 0); each < (pte *)table + 1024; each++) {
      if (*each == 0) continue;
      at = (uint32_t)(each - (pte *)table);
      *place = index * 1025 + at + 2; // 1025 is the next one's place 0
      *address = index << 22 | at * EXO_PAGE_SIZE;
      *entry = *each;
      return 1;
    }
  }
  return 0;
}

// How many pages the table itself takes.
EXO_API unsigned
pager_table_pages(void)
{
  unsigned pages = 1; // the root

  for (uint32_t index = 0; index < 1024; index++) pages += (pager_root[index] & PTE_VALID) != 0;
  return pages;
}
