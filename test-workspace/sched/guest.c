// Comes by itself: asks the scheduler for tickets and gives its own slice back. From then on it runs
// as often as the scheduler says, or never, if none looks.
//
// Argument 1: how far it counts; then it goes, and its share is the others'.
#include <stdio.h>
#include <stdlib.h>
#include <sched.h>

int
main(int argc, char **argv)
{
  unsigned end = argc > 1 ? (unsigned)atoi(argv[1]) : 100000;

  sched_ask(5); //@step ask
  // The launcher put it into the slot before the boot page's.
  exo_slice_free(0, boot_page->first_free_slot - 1 - boot_page->boot_pages); //@step free
  for (volatile unsigned count = 0; count < end; count++)
    ;
  printf("%s: counted to %u\n", program_name(), end); //@step done
  return 0;
}
