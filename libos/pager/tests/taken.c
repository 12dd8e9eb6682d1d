// What if frames are taken by force? What is on the disk is fetched again, and so is what the
// kernel saved; what was written to and not saved is lost, and who touches it ends and says why.
// Argument 1: how the last page is prepared: `saved`, `synced`, or not. Needs the right to
// administer memory: it asks itself.
#include <pager.h>
#include "../../tests/check.h"

#define WORD(page) (((volatile unsigned *)region.memory)[(page) * EXO_PAGE_SIZE / 4])

static struct paged region;

// Makes a page's frame what the kernel takes first.
static void
offer(unsigned page)
{
  exo_page_bits(0, region.frame[region.page[page].frame - 1].slot, 3);
  exo_unbind(0, (uintptr_t)&WORD(page));
}

int
main(int argc, char **argv)
{
  const char *how = argc > 1 ? argv[1] : "";

  CHECK(paged_open(&region, 4 * EXO_PAGE_SIZE, 3, paged_fifo) == 0);
  if (strcmp(how, "saved") == 0) CHECK(paged_save(&region, 4) == 0);
  for (unsigned page = 0; page < 4; page++) WORD(page) = page + 100;
  CHECK(WORD(0) == 100);                   // comes by a load, from the disk
  CHECK(WORD(1) == 101 && WORD(2) == 102); // only page 2 was not there
  WORD(2) = 202;
  if (strcmp(how, "synced") == 0) CHECK(paged_sync(&region) == 0);
  exo_env_set_entry(0, EXO_ENTRY_REVOCATION, 0); // nobody answers
  for (unsigned page = 0; page < 3; page++) offer(page);
  CHECK(exo_revoke_ask(EXO_SLOT_MEMORY, boot_page->environment, 3) == 0);
  while (region.counts.taken < 3) slice_yield(0);
  CHECK(region.held == 0);
  CHECK(WORD(0) == 100 && WORD(1) == 101 && WORD(3) == 103);
  printf("page 2 holds %u\n", WORD(2));
  return failures;
}
