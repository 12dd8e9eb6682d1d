// What if somebody wants pages back all the time, also in the middle of a fault? Argument 1: the
// policy's letter, 2: `give` (who is asked gives) or `save` (nobody answers, and what is taken by
// force is saved in the extent). Whatever happens, no word differs.
#include <pager.h>
#include "../../tests/check.h"

#define PAGES    24
#define FRAMES   12
#define ACCESSES 700

static struct paged region;
static uint32_t stamps[PAGES], seed = 7;

static uint32_t
next_random(void)
{
  seed = seed * 1664525 + 1013904223;
  return seed >> 8;
}

int
main(int argc, char **argv)
{
  int saves = argc > 2 && strcmp(argv[2], "save") == 0;
  volatile uint32_t *memory;

  CHECK(paged_open(&region, PAGES * EXO_PAGE_SIZE, FRAMES,
                   argv[1][0] == 'l' ? paged_lru : paged_clock) == 0);
  if (saves) {
    CHECK(paged_save(&region, 4) == 0);
    exo_env_set_entry(0, EXO_ENTRY_REVOCATION, 0);
  }
  memory = region.memory;
  for (uint32_t page = 0; page < PAGES; page++) CHECK(memory[page * EXO_PAGE_SIZE / 4] == 0);
  for (uint32_t i = 1; i <= ACCESSES; i++) {
    uint32_t page = next_random() % PAGES, word = page * EXO_PAGE_SIZE / 4 + page * 5;

    CHECK(memory[word] == stamps[page]);
    if (next_random() % 3 == 0) memory[word] = stamps[page] = i;
  }
  for (uint32_t page = 0; page < PAGES; page++)
    CHECK(memory[page * EXO_PAGE_SIZE / 4 + page * 5] == stamps[page]);
  CHECK(region.counts.lost == 0);
  CHECK((saves ? region.counts.taken : region.counts.given) > 3);
  CHECK((saves ? region.counts.given : region.counts.taken) == 0);
  printf("given %u, taken %u\n", region.counts.given, region.counts.taken);
  return failures;
}
