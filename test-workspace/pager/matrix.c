// A matrix that is larger than the memory it is kept in: eight pages in six frames, scanned again
// and again. What does not fit is on the disk, and each time that a page must come another one
// goes. Which one is this program's choice, and nobody knows better than it does what it will need
// next.
//
// Argument 1 is the policy (fifo, lru, clock, mru), argument 2 how often the matrix is scanned.
// With the id of another environment as argument 3 it goes on scanning until that one is gone.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <pager.h>

#define ROWS   8
#define FRAMES 6
#define WORDS  (EXO_PAGE_SIZE / sizeof(uint32_t))

static struct paged matrix;
static paged_policy *by;

// The kernel has never heard of this. It will see a write to the disk, if the page was written to,
// a binding that goes and one that comes.
static unsigned
evict(struct paged *region)
{
  unsigned frame = by(region);

  return frame; //@step evict
}

static uint32_t *
row(unsigned number)
{
  return (uint32_t *)matrix.memory + number * WORDS;
}

// Every row begins on a page of its own, and holds its number in every word.
static void
fill(void)
{
  for (unsigned r = 0; r < ROWS; r++)
    for (unsigned i = 0; i < WORDS; i += 64) row(r)[i] = r; //@step fill
}

static unsigned
scan(void)
{
  unsigned sum = 0;

  for (unsigned r = 0; r < ROWS; r++)
    for (unsigned i = 0; i < WORDS; i += 64) sum += row(r)[i]; //@step scan
  return sum;
}

static paged_policy *
policy_of(const char *name)
{
  if (strcmp(name, "lru") == 0) return paged_lru;
  if (strcmp(name, "mru") == 0) return paged_mru;
  return strcmp(name, "clock") == 0 ? paged_clock : paged_fifo;
}

// Scans until the other environment is gone, and then some more; says what each scan cost.
static void
scan_beside(exo_env other)
{
  for (int more = 3; more > 0;) {
    unsigned before = matrix.counts.faults;

    if (scan() != 28 * WORDS / 64) exit(1);
    printf("%s: %u frames, %u faults\n", program_name(), matrix.held,
           matrix.counts.faults - before); //@step scanned
    if (slice_yield(other) < 0) more--;
  }
}

int
main(int argc, char **argv)
{
  const char *name = argc > 1 ? argv[1] : "fifo";
  int scans = argc > 2 ? atoi(argv[2]) : 4;
  int error;

  by = policy_of(name);
  error = paged_open(&matrix, ROWS * EXO_PAGE_SIZE, FRAMES, evict);
  if (error < 0) {
    printf("%s: no region: %s\n", program_name(), exo_error(error));
    return 1;
  }
  paged_see_uses(&matrix, by == paged_lru || by == paged_mru);
  fill(); // the first scan
  for (int i = 1; i < scans; i++)
    if (scan() != 28 * WORDS / 64) return 1;
  printf("%s: %d scans of %d pages in %u frames by %s: %u faults, %u pages went, %u were written\n",
         program_name(), scans, ROWS, matrix.held, name, matrix.counts.faults,
         matrix.counts.faults - matrix.held, matrix.counts.written); //@step end
  if (argc > 3) scan_beside((exo_env)atoi(argv[3]));
  return 0;
}
