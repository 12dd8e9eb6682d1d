// What if the disk or the policy fails? What is in memory works on; who needs more ends and says
// why. Argument 1 says what goes wrong.
#include <pager.h>
#include <disk.h>
#include "../../tests/check.h"

#define WORD(page) (((volatile unsigned *)region.memory)[(page) * EXO_PAGE_SIZE / 4])

static struct paged region;

static unsigned
no_choice(struct paged *region)
{
  return region->limit;
}

void
on_console_input(struct upcall_frame *frame)
{
  (void)frame;
  if (region.busy) WORD(5) = 1;
}

int
main(int argc, char **argv)
{
  const char *what = argc > 1 ? argv[1] : "";
  int extent = extent_open(EXO_ANY, 64);

  // Sixteen pages, four frames, and two places on the disk.
  CHECK(paged_open_on(&region, 16 * EXO_PAGE_SIZE, 4, paged_clock, extent, 8, 2) == 0);
  for (unsigned page = 0; page < 16; page++) CHECK(WORD(page) == 0);
  // Five were written to: two that have places, and three that stay, so that one can still move.
  for (unsigned page = 0; page < 5; page++) WORD(page) = page + 1;
  for (unsigned page = 0; page < 5; page++) CHECK(WORD(page) == page + 1);
  for (unsigned page = 5; page < 16; page++) CHECK(WORD(page) == 0);
  CHECK(region.counts.written >= 2);
  exo_env_set_entry(0, EXO_ENTRY_CONSOLE, (uintptr_t)upcall_entry);
  if (strcmp(what, "policy") == 0) paged_choose(&region, no_choice);
  if (strcmp(what, "gone") == 0) extent_close(region.extent);
  printf("until here\n");
  for (unsigned page = 0;; page = (page + 1) % 5) {
    CHECK(WORD(page) == page + 1);
    if (strcmp(what, "full") == 0) WORD(6 + page) = 7;
  }
}
