// What if every page but the resident ones is evicted, also the page table's own, also this code
// and its stack?
#include "check.h"

static uint32_t values[3 * EXO_PAGE_SIZE / sizeof(uint32_t)];

// Unbinds what the page table can bind again. Nothing but the resident sections is bound when the
// last call returns.
static int
evict_all(void)
{
  const struct exo_mapping *mapping = (const struct exo_mapping *)boot_page->mappings;
  uint32_t stack = PAGE_OF(&stack);
  int count = 0;

  for (uint32_t i = 0; i < boot_page->mapping_count; i++, mapping++) {
    if (mapping->page & EXO_MAPPING_GUARANTEED) continue;
    exo_unbind(0, PAGE_OF(mapping->page));
    count++;
  }
  exo_unbind(0, stack);
  for (uint32_t page = 0; page < 1024; page++) exo_unbind(0, PAGER_WINDOW + page * EXO_PAGE_SIZE);
  return count;
}

int
main(void)
{
  int *heap = malloc(100 * sizeof *heap);

  for (int i = 0; i < 100; i++) heap[i] = i;
  for (unsigned i = 0; i < sizeof values / sizeof *values; i++) values[i] = 3 * i;
  for (int round = 0; round < 3; round++) {
    CHECK(evict_all() > 3);
    for (int i = 0; i < 100; i++) CHECK(heap[i] == i);
    for (unsigned i = 0; i < sizeof values / sizeof *values; i++) CHECK(values[i] == 3 * i);
    printf("round %d\n", round);
  }
  return failures;
}
