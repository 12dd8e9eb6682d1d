// Takes every page that is free and then wants more: argument 1 says how many. No call waits for
// memory. A refused one declares a shortage, in which the kernel asks somebody else; so this
// program gives the processor away and tries again.
#include <stdio.h>
#include <stdlib.h>
#include <libos.h>

static unsigned lost;

// Nobody is spared: who wants a page may be the one that is asked.
void
on_repossession(struct upcall_frame *frame)
{
  struct exo_repossession_next loss;

  (void)frame;
  while (exo_repossession_next(&loss) == EXO_KIND_PAGE) { //@step lost
    slot_free(loss.slot);
    lost++;
  }
}

static int
take(void)
{
  int slot = slot_alloc();
  int frame = slot < 0 ? slot : exo_page_alloc(0, EXO_SLOT_MEMORY, EXO_ANY, slot); //@step take

  if (frame < 0 && slot >= 0) slot_free(slot);
  return frame;
}

int
main(int argc, char **argv)
{
  int wanted = argc > 1 ? atoi(argv[1]) : 1;
  int got = 0, result;

  for (int i = 0; i < 4; i++) slice_yield(0); // the others begin
  while ((result = take()) >= 0);
  printf("filler: has every page that was free; one more: %s\n", exo_error_name(result));
  while (got < wanted) { //@step again
    if (take() < 0)
      slice_yield(0);
    else
      got++;
  }
  printf("filler: %d more, %u of its own lost\n", got, lost); //@step end
  return 0;
}
