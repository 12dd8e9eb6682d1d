// What if threads share a region? A miss makes all of them wait, and every word is right.
#include <pager.h>
#include <threads.h>
#include "../../tests/check.h"

#define PAGES         10
#define WORD(page, i) (((volatile unsigned *)region.memory)[(page) * EXO_PAGE_SIZE / 4 + (i)])

static struct paged region;

static int
work(void *argument)
{
  unsigned mine = (unsigned)argument, errors = 0;

  for (unsigned round = 1; round <= 12; round++)
    for (unsigned page = mine; page < PAGES + mine; page++) {
      errors += WORD(page % PAGES, mine) != round - 1;
      WORD(page % PAGES, mine) = round;
    }
  return (int)errors;
}

int
main(void)
{
  struct thread *threads[3];

  CHECK(paged_open(&region, PAGES * EXO_PAGE_SIZE, 4, paged_lru) == 0);
  for (unsigned i = 0; i < 3; i++) threads[i] = thread_create("worker", work, (void *)i);
  for (unsigned i = 0; i < 3; i++) CHECK(thread_join(threads[i]) == 0);
  CHECK(region.counts.faults > 100);
  return failures;
}
