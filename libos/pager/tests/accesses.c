// Does what the host says and says what it cost. Argument 1: pages, 2: frames, 3: the policy's
// letter, 4: a list such as w3r5, each a write to a page or a read of one; g2 gives two frames
// back, s0 writes all that is newer to the disk, f0 l0 m0 c0 choose a policy. What is read is
// compared with what was written; at the end all of it.
#include <pager.h>
#include "../../tests/check.h"

#define WORDS (EXO_PAGE_SIZE / 4)

static struct paged region;
static unsigned stamps[256], stamp;

static paged_policy *
policy_of(char letter)
{
  if (letter == 'f') return paged_fifo;
  if (letter == 'l') return paged_lru;
  return letter == 'm' ? paged_mru : paged_clock;
}

static volatile uint32_t *
word_of(unsigned page, unsigned word)
{
  return (volatile uint32_t *)region.memory + page * WORDS + word;
}

static void
write_page(unsigned page)
{
  stamps[page] = ++stamp;
  *word_of(page, 0) = stamp;
  *word_of(page, page % WORDS + 1) = ~stamp;
  *word_of(page, WORDS - 1) = stamp * 3;
}

static void
read_page(unsigned page)
{
  unsigned was = stamps[page];

  CHECK(*word_of(page, 0) == was);
  CHECK(*word_of(page, page % WORDS + 1) == (was ? ~was : 0));
  CHECK(*word_of(page, WORDS - 1) == was * 3);
  CHECK(*word_of(page, WORDS / 2 + 300) == 0);
}

static void
give(unsigned frames)
{
  unsigned held = region.held, given = paged_give(&region, frames);

  CHECK(region.held == held - given);
  CHECK(given == frames || region.held <= 1);
}

int
main(int argc, char **argv)
{
  unsigned pages = (unsigned)atoi(argv[1]), frames = (unsigned)atoi(argv[2]);
  struct paged_counts counts;

  CHECK(argc == 5);
  CHECK(paged_open(&region, pages * EXO_PAGE_SIZE, frames, policy_of(argv[3][0])) == 0);
  for (char *at = argv[4]; *at;) {
    char what = *at++;
    unsigned page = (unsigned)strtoul(at, &at, 10);

    if (what == 'w')
      write_page(page);
    else if (what == 'r')
      read_page(page);
    else if (what == 'g')
      give(page);
    else if (what == 's')
      CHECK(paged_sync(&region) == 0);
    else
      paged_choose(&region, policy_of(what));
  }
  counts = region.counts;
  for (unsigned page = 0; page < pages; page++) read_page(page);
  CHECK(region.held <= frames);
  paged_close(&region);
  printf("%u faults, %u read, %u written, %u stores\n", counts.faults, counts.read, counts.written,
         counts.stores);
  return failures;
}
