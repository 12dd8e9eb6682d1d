// What if far more addresses come and go than are mapped at any time, and everything is evicted in
// between? Every entry is found, and no other. Prints how many pages the table takes.
#include "check.h"

#define HERE  0x40000000u
#define PAGES 700

static uint32_t seed = 12345;
static int slot, frame;

static uint32_t
address_of(uint32_t number)
{
  // Some side by side, some far apart; no two of them the same.
  return HERE + (number % 2 ? number * EXO_PAGE_SIZE : number * 163 * EXO_PAGE_SIZE);
}

static uint32_t
next_random(void)
{
  seed = seed * 1664525 + 1013904223;
  return seed >> 8;
}

static void
evict_table(void)
{
  for (uint32_t page = 0; page < 1024; page++) exo_unbind(0, PAGER_WINDOW + page * EXO_PAGE_SIZE);
}

int
main(void)
{
  static char mapped[PAGES];
  uint32_t place = 0, address;
  unsigned count = 0, found = 0;
  pte entry;

  slot = slot_alloc();
  frame = exo_page_alloc(0, EXO_SLOT_MEMORY, EXO_ANY, slot);
  CHECK(frame >= 0);
  for (int i = 0; i < 3000; i++) {
    uint32_t number = next_random() % PAGES;

    address = address_of(number);
    if (mapped[number])
      CHECK(pager_unmap(address) == 0);
    else
      CHECK(pager_map(address, frame, slot, EXO_RIGHT_READ) == 0);
    mapped[number] = !mapped[number];
    if (i % 500 == 0) evict_table();
  }
  evict_table();
  for (uint32_t number = 0; number < PAGES; number++) {
    entry = pager_lookup(address_of(number) + 8 * number % EXO_PAGE_SIZE);
    CHECK(mapped[number] ? PTE_SLOT(entry) == (exo_slot)slot : entry == 0);
    if (mapped[number]) CHECK(*(int *)address_of(number) == 0);
    count += mapped[number];
  }
  while (pager_next(&place, &address, &entry)) {
    found += PTE_SLOT(entry) == (exo_slot)slot;
    CHECK(pager_lookup(address) == entry);
  }
  CHECK(found == count);
  CHECK(pager_forget(slot) == (int)count);
  CHECK(pager_lookup(address_of(0)) == 0 || pager_lookup(address_of(0)) & PTE_LOST);
  printf("%u pages\n", pager_table_pages());
  return failures;
}
