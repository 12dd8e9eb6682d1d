// Three generations have one page: who owns it lends it to the next, who lends it on. Argument 1 is
// the generation, from 1; arguments 2, 3 and 4 are the ids of all three, so that they can say who
// did it.
//
// Each capability descends from the one that it was derived from. What the first takes from its own
// it takes from all below, and each of them finds in its repossession vector what, by whom and why.
#include <stdio.h>
#include <stdlib.h>
#include <libos.h>

#define PAGE    0x50100000u
#define SLOT    100 // of the page's capability, in everyone's table
#define RW      (EXO_RIGHT_READ | EXO_RIGHT_WRITE)
#define ARRIVED 42

static const char *const names[] = {"nobody", "grandparent", "parent", "child"};
static exo_env ids[4];
static int generation;

static const char *
name_of(exo_env id)
{
  for (int i = 1; i <= 3; i++)
    if (ids[i] == id) return names[i];
  return names[0];
}

void
on_repossession(struct upcall_frame *frame)
{
  struct exo_repossession_next loss;

  (void)frame;
  while (exo_repossession_next(&loss) >= 0) { //@step lost
    int is_less = loss.reason == EXO_LOSS_RESTRICTED;

    printf("%s: %s by the %s", names[generation], is_less ? "restricted" : "lost the page",
           name_of(loss.by));
    if (is_less)
      pager_restrict(loss.slot);
    else
      pager_forget(loss.slot);
    printf("; to write: %s, to read: %s\n", exo_error_name(exo_bind(0, PAGE, SLOT, RW)),
           exo_error_name(exo_bind(0, PAGE, SLOT, EXO_RIGHT_READ))); //@step tried
    if (!is_less) exit(0);
  }
}

// Gives the others time to hear of it.
static void
wait(void)
{
  for (int i = 0; i < 40; i++) slice_yield(0);
}

int
main(int argc, char **argv)
{
  volatile uint32_t *word = (volatile uint32_t *)PAGE;
  int count;

  if (argc < 5) return 2;
  generation = atoi(argv[1]);
  for (int i = 1; i <= 3; i++) ids[i] = (exo_env)atoi(argv[1 + i]);

  if (generation == 1) {
    exo_page_alloc(0, EXO_SLOT_MEMORY, EXO_ANY, SLOT);
  } else {
    while (exo_cap_accept(ids[generation - 1], SLOT, SLOT) == EXO_E_OFFER)
      slice_yield(0); //@step accept
  }
  if (pager_map(PAGE, 0, SLOT, RW) < 0) return 1;
  if (generation < 3) exo_cap_offer(SLOT, ids[generation + 1], RW | EXO_RIGHT_GRANT); //@step offer
  if (generation == 3) *word = ARRIVED; //@step arrived
  while (generation > 1) slice_sleep();

  while (*word != ARRIVED) slice_yield(0);
  count = exo_cap_restrict(0, SLOT, EXO_RIGHT_READ | EXO_RIGHT_GRANT); //@step restrict
  pager_restrict(SLOT); // who acts is not told
  printf("grandparent: %d capabilities may only read now\n", count);
  wait();
  count = exo_cap_revoke(0, SLOT); //@step revoke
  printf("grandparent: %d capabilities are gone, and the page says %u\n", count, *word);
  wait();
  return 0;
}
