// A page table that grows with what is mapped and not with how far apart it lies: each table is one
// page with 512 entries, and the hash of an address says where in it to look.
//
//    key: the page's address | 1      value: its pte, 0 when nothing is mapped there (any more)
//   +---------------------------+    +---------------------------+
//   | 0x4e300001                |    | page 0x123, slot 45, rw-  |
//   +---------------------------+    +---------------------------+
//
// From there on entries are looked at one after the other until there is the key, or an empty entry
// (key 0), behind which nothing can be. After 64 the search goes on in the next table, which is
// made when it is needed. An entry whose value is 0 keeps its key until another address takes it.
//
// The tables lie in the same window as the second level of the default table and are ordinary
// memory: they may be evicted, and reading one then faults inside the fault handler. Which page
// each is is resident.
#include <pt_hash.h>
#include "libos.h"
#include "entry.h"

struct entry {
  volatile uint32_t key;
  volatile pte value;
};

_Static_assert(offsetof(struct entry, key) == HASH_KEY, "entry.h");
_Static_assert(offsetof(struct entry, value) == HASH_VALUE, "entry.h");

#define TABLES  64
#define ENTRIES (EXO_PAGE_SIZE / sizeof(struct entry))
#define PROBES  64

#define TABLE_OF(address) (((uint32_t)(address) - PAGER_WINDOW) / EXO_PAGE_SIZE)
#define TABLE_AT(table)   ((struct entry *)(PAGER_WINDOW + (table) * EXO_PAGE_SIZE))
#define KEY_OF(address)   (PAGE_OF(address) | 1)

static EXO_RESIDENT_BSS pte tables[TABLES];

// Counts what was written, so that who searches knows whether an upcall wrote meanwhile. It is read
// and written while upcalls are off (write.S).
EXO_RESIDENT_BSS volatile uint32_t pt_hash_writes;

int pt_hash_write(struct entry *entry, uint32_t key, pte value, exo_slot slot, uint32_t writes);

EXO_STEP_THROUGH(pt_hash_of);

// The upper bits of a product with the golden ratio: neighbours come to lie far apart [Knuth, vol.
// 3, 6.4].
EXO_API EXO_RESIDENT uint32_t
pt_hash_of(uint32_t address)
{
  return (address / EXO_PAGE_SIZE * 0x9e3779b1u) >> 23;
}

EXO_API EXO_RESIDENT int
pager_in_table(uint32_t address)
{
  return address - PAGER_WINDOW < PAGER_WINDOW_BYTES;
}

// Finds the entry of an address. If there is none it returns one that may become its own, when
// `any`, or 0; *end is what ended the search: 0, or that a table was taken.
static EXO_RESIDENT struct entry *
find(uint32_t address, int any, pte *end)
{
  uint32_t hash = pt_hash_of(address), key = KEY_OF(address);
  struct entry *unused = 0;

  *end = 0;
  for (uint32_t table = 0; table < TABLES; table++) {
    *end = tables[table];
    if (!(tables[table] & PTE_VALID)) return unused;
    for (uint32_t probe = 0; probe < PROBES; probe++) {
      struct entry *entry = TABLE_AT(table) + (hash + probe) % ENTRIES;

      if (entry->key == key) return entry;
      if (any && !unused && entry->value == 0) unused = entry;
      if (entry->key != 0) continue;
      *end = 0;
      return unused;
    }
  }
  return unused;
}

// Returns the entry for an address, or 0 (which is not valid) when there is none. Where a table was
// taken, everything that may have been in it is lost.
EXO_API EXO_RESIDENT pte
pager_lookup(uint32_t address)
{
  uint32_t writes;
  pte value;

  if (pager_in_table(address)) return TABLE_OF(address) < TABLES ? tables[TABLE_OF(address)] : 0;
  do {
    struct entry *entry;

    writes = pt_hash_writes;
    entry = find(address, 0, &value);
    if (entry) value = entry->value;
  } while (writes != pt_hash_writes);
  return value;
}

// Makes another table, behind those that are full. Returns 0 or an error.
static EXO_RESIDENT int
add_table(void)
{
  uint32_t table = 0;
  pte entry, none = 0;
  int slot, frame;

  while (table < TABLES && tables[table] & PTE_VALID) table++;
  if (table == TABLES) return EXO_E_NONE;
  if (tables[table] & PTE_LOST) return EXO_E_CAP; // a new one would not know what was here
  slot = slot_alloc();
  if (slot < 0) return slot;
  frame = exo_page_alloc(0, EXO_SLOT_MEMORY, EXO_ANY, slot);
  if (frame < 0) {
    slot_free(slot);
    return frame;
  }
  entry = PTE(frame, slot, PTE_VALID | PTE_READ | PTE_WRITE);
  if (!__atomic_compare_exchange_n(&tables[table], &none, entry, 0, __ATOMIC_RELAXED,
                                   __ATOMIC_RELAXED)) {
    // An upcall came in between and needed it too. Its page is as good.
    exo_page_free(0, slot);
    slot_free(slot);
    return 0;
  }
  return exo_bind(0, (uintptr_t)TABLE_AT(table), slot, PTE_READ | PTE_WRITE);
}

// Writes the entry for an address; binds nothing. Returns 0 or an error.
EXO_API EXO_RESIDENT int
pager_enter(uint32_t address, pte value)
{
  int result;

  do {
    uint32_t writes = pt_hash_writes;
    pte end;
    struct entry *entry = find(address, 1, &end);

    if (entry)
      result =
          pt_hash_write(entry, KEY_OF(address), value, PTE_SLOT(tables[TABLE_OF(entry)]), writes);
    else
      result = add_table();
  } while (result == 0);
  return result < 0 ? result : 0;
}

// Writes the entry of an address that has one, perhaps of a table itself. Allocates nothing, so it
// cannot fail.
EXO_API EXO_RESIDENT void
pager_change(uint32_t address, pte value)
{
  int result;

  if (pager_in_table(address)) {
    if (TABLE_OF(address) < TABLES) tables[TABLE_OF(address)] = value;
    return;
  }
  do {
    uint32_t writes = pt_hash_writes;
    pte end;
    struct entry *entry = find(address, 0, &end);

    if (!entry) return;
    result =
        pt_hash_write(entry, KEY_OF(address), value, PTE_SLOT(tables[TABLE_OF(entry)]), writes);
  } while (result == 0);
}

// Finds the next entry that is not 0 from a place on, in some order; the tables' own pages are
// among them, each before what it holds. A place is 0 at first. Returns 0 when there is no more.
EXO_API int
pager_next(uint32_t *place, uint32_t *address, pte *value)
{
  // Of each table there are 513 places: its own, and its entries'.
  for (; *place < TABLES * (ENTRIES + 1); ++*place) {
    uint32_t table = *place / (ENTRIES + 1), at = *place % (ENTRIES + 1);

    if (at == 0) {
      *address = (uint32_t)TABLE_AT(table);
      *value = tables[table];
    } else {
      struct entry *entry = TABLE_AT(table) + at - 1;

      if (!(tables[table] & PTE_VALID)) return 0; // what is behind it is not found any more either
      *address = PAGE_OF(entry->key);
      *value = entry->value;
    }
    if (*value == 0) continue;
    ++*place;
    return 1;
  }
  return 0;
}

// How many pages the table itself takes.
EXO_API unsigned
pager_table_pages(void)
{
  unsigned pages = 0;

  for (uint32_t table = 0; table < TABLES; table++) pages += (tables[table] & PTE_VALID) != 0;
  return pages;
}
