// The cache with a mistake: it hears that pages were taken by force and goes on as if nothing had happened, so that its page table still says
// that they are there. Which call tells it otherwise, and when?
#define on_repossession on_repossession_of_greedy
#include "greedy.c"
#undef on_repossession

void
on_repossession(struct upcall_frame *frame)
{
  struct exo_repossession_next loss;

  (void)frame;
  while (exo_repossession_next(&loss) == EXO_KIND_PAGE) lost++; //@step heard
}
