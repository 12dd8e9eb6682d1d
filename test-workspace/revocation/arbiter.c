// Chooses who gives pages back in a shortage, in place of the kernel's rule (whoever has most above
// its guarantee): each of arguments 2, 3, ... in turn gives its part. Argument 1 is the id of who
// wants the pages; when that one is gone, so are we.
#include <stdio.h>
#include <stdlib.h>
#include <libos.h>

static int givers;
static char **ids;

// Called for the entries that the libOS has no handler of its own for.
void
on_interrupt(struct upcall_frame *frame)
{
  struct exo_arbiter_info question;

  if (frame->cause != EXO_INTERRUPT + EXO_ENTRY_ARBITER) return;
  if (exo_arbiter_info(&question) != EXO_KIND_PAGE) return; //@step asked
  printf("arbiter: %u pages are short, and the rule would ask the one with most\n",
         question.wanted);
  for (int i = 0; i < givers; i++) {
    unsigned part = question.wanted / (unsigned)givers;
    int left = exo_arbiter_choose((exo_env)atoi(ids[i]), part); //@step choose

    printf("arbiter: the %s gives %u, %s\n", i == 0 ? "first" : "other", part,
           left > 0    ? "more to come"
           : left == 0 ? "that is all"
                       : exo_error(left));
  }
}

int
main(int argc, char **argv)
{
  exo_env wants = argc > 1 ? (exo_env)atoi(argv[1]) : 0;

  givers = argc - 2;
  ids = argv + 2;
  exo_env_set_entry(0, EXO_ENTRY_ARBITER, (uintptr_t)upcall_entry); //@step listen
  while (wants != 0 && slice_yield(wants) == 0);
  return 0;
}
