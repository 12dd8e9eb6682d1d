// What if two frames are asked for? They are given, with what was written to written to the disk;
// and they come again when the machine has pages to spare. Needs the right to administer memory: it
// asks itself.
#include <pager.h>
#include "../../tests/check.h"

#define PAGES 8

static struct paged region;

static void
scan(void)
{
  for (unsigned page = 0; page < PAGES; page++)
    CHECK(((volatile unsigned *)region.memory)[page * EXO_PAGE_SIZE / 4] == page + 100);
}

int
main(void)
{
  CHECK(paged_open(&region, PAGES * EXO_PAGE_SIZE, 6, paged_fifo) == 0);
  for (unsigned page = 0; page < PAGES; page++)
    ((volatile unsigned *)region.memory)[page * EXO_PAGE_SIZE / 4] = page + 100;
  CHECK(region.held == 6 && region.counts.written == 2);

  region.reserve = ~0u; // as if the machine had no page to spare
  CHECK(exo_revoke_ask(EXO_SLOT_MEMORY, boot_page->environment, 2) == 0);
  for (int i = 0; i < 100 && region.counts.given < 2; i++) slice_yield(0);
  CHECK(region.held == 4 && region.counts.given == 2 && region.counts.written == 4);
  scan();
  CHECK(region.held == 4 && region.counts.faults == 16);

  region.reserve = 8;
  scan();
  CHECK(region.held == 6);
  CHECK(region.counts.taken == 0 && region.counts.lost == 0);
  return failures;
}
