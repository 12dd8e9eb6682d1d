// A page table of the program's own, the simplest there is: a list. It takes the place of the
// libOS's because it defines the same six functions. They run while other pages are missing, so
// they and the list are resident.
#include <libos.h>

#define ENTRIES 256

static EXO_RESIDENT_BSS struct {
  uint32_t key; // the page's address | 1; 0: from here on nothing
  pte entry;
} list[ENTRIES];

// Where an address is in the list. Otherwise, with `add`, the end is given to it: an upcall may
// come between looking and taking, and take it for another page.
static EXO_RESIDENT unsigned
find(uint32_t address, int add)
{
  for (unsigned i = 0; i < ENTRIES; i++) {
    uint32_t key = PAGE_OF(address) | 1, none = 0;

    if (list[i].key == 0 && add)
      __atomic_compare_exchange_n(&list[i].key, &none, key, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
    if (list[i].key == key) return i;
    if (list[i].key == 0) break;
  }
  return ENTRIES;
}

EXO_RESIDENT pte
pager_lookup(uint32_t address)
{
  unsigned i = find(address, 0);

  return i < ENTRIES ? list[i].entry : 0; //@step lookup
}

EXO_RESIDENT int
pager_enter(uint32_t address, pte entry)
{
  unsigned i = find(address, 1);

  if (i == ENTRIES) return EXO_E_NONE;
  list[i].entry = entry; //@step enter
  return 0;
}

EXO_RESIDENT void
pager_change(uint32_t address, pte entry)
{
  unsigned i = find(address, 0);

  if (i < ENTRIES) list[i].entry = entry;
}

int
pager_next(uint32_t *place, uint32_t *address, pte *entry)
{
  while (*place < ENTRIES && list[*place].entry == 0) ++*place;
  if (*place == ENTRIES) return 0;
  *address = PAGE_OF(list[*place].key);
  *entry = list[(*place)++].entry;
  return 1;
}

// The list is no page that could be missing.
EXO_RESIDENT int
pager_in_table(uint32_t address)
{
  (void)address;
  return 0;
}

unsigned
pager_table_pages(void)
{
  return (sizeof list + EXO_PAGE_SIZE - 1) / EXO_PAGE_SIZE;
}

#include "sparse.c"
