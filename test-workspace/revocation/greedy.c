// A cache that takes much memory, and is asked to give some of it back.
//
// The kernel asks first: only the program knows which pages it will miss least. If it does not
// answer, the kernel insists, and then takes by force; what it chose is in the repossession vector.
// Argument 1 is how the program answers: `polite` at once, `late` only when the kernel insists,
// `deaf` never. Argument 2 is how many pages the cache has, argument 3 the id of who else wants
// them. With a disk it has saved there what is taken by force.
#include <stdio.h>
#include <string.h>
#include <disk.h>
#include "cache.h"

#define SAVED_MAX 4

static unsigned given, lost;
static const char *manners;
static struct {
  unsigned page, sector;
} saved[SAVED_MAX];
static unsigned saved_count;

static void
give(unsigned pages)
{
  printf("%s: gives its coldest:", program_name());
  for (; pages > 0; pages--, given++) {
    unsigned page = coldest();
    int slot = cache[page].slot;

    pager_unmap((uint32_t)words_of(page));
    exo_page_free(0, slot); //@step give
    slot_free(slot);
    drop(slot);
    printf(" %u", page);
  }
  printf("\n");
}

// The kernel asks. Nothing has been taken yet, and the repossession vector is empty.
void
on_revocation(struct upcall_frame *frame)
{
  struct exo_revocation_next request;

  (void)frame;
  if (exo_revocation_next(&request) != EXO_KIND_PAGE) return; //@step asked
  printf("%s: %s %u pages\n", program_name(), request.stage == 1 ? "asked for" : "must give",
         request.owed);
  if (request.stage == 2 || strcmp(manners, "polite") == 0) give(request.owed); //@step answer
}

// The kernel took. Only now is there something in the vector: an entry for each page.
void
on_repossession(struct upcall_frame *frame)
{
  struct exo_repossession_next loss;

  (void)frame;
  while (exo_repossession_next(&loss) == EXO_KIND_PAGE) { //@step lost
    unsigned page = drop((int)loss.slot);

    pager_forget(loss.slot); // or the next use would try to bind what is not ours any more
    slot_free(loss.slot);
    lost++;
    printf("%s: lost page %u, which was %s\n", program_name(), page,
           page < count / 2 ? "cold" : "in use");
    if (loss.saved == 0 || saved_count == SAVED_MAX) continue;
    saved[saved_count].page = page;
    saved[saved_count++].sector = loss.saved - 1; //@step saved
  }
}

// A page may go between the look whether it is there and its use. Then nothing is read.
int
on_page_fault(struct upcall_frame *frame)
{
  if (frame->value - CACHE >= count * EXO_PAGE_SIZE) return pager_demand(frame);
  if (!(pager_lookup(frame->value) & PTE_LOST)) return pager_demand(frame);
  frame->pc += (*(uint16_t *)frame->pc & 3) == 3 ? 4 : 2; //@step gone
  return 1;
}

// Reads what the kernel saved from our extent.
static unsigned
read_back(exo_slot extent)
{
  uint32_t copy[EXO_PAGE_SIZE / 4] __attribute__((aligned(EXO_PAGE_SIZE)));
  unsigned right = 0;

  for (unsigned i = 0; i < saved_count; i++) {
    if (disk_read(extent, saved[i].sector, 8, copy) < 0) continue; //@step back
    printf("%s: page %u is in sector %u of its extent, and says %u\n", program_name(),
           saved[i].page, saved[i].sector, copy[0]);
    right += copy[0] == 1000 + saved[i].page;
  }
  return right;
}

int
main(int argc, char **argv)
{
  exo_env other = argc > 3 ? (exo_env)atoi(argv[3]) : 0;
  int extent = extent_open(EXO_ANY, 8 * SAVED_MAX);
  unsigned right;

  manners = argc > 1 ? argv[1] : "polite";
  if (strcmp(manners, "deaf") != 0)
    exo_env_set_entry(0, EXO_ENTRY_REVOCATION, (uintptr_t)upcall_entry); //@step listen
  if (extent >= 0) exo_save_place(extent, 0, SAVED_MAX);                 //@step place
  fill(argc > 2 ? (unsigned)atoi(argv[2]) : 8);                          //@step fill
  printf("%s: a cache of %u pages\n", program_name(), count);

  // Until the other one is gone.
  while (other != 0 && slice_yield(other) == 0) use(); //@step use
  right = count_right() + read_back(extent);
  printf("%s: gave %u, lost %u, right %u\n", program_name(), given, lost, right); //@step end
  return 0;
}
