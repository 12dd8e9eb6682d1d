// A scheduler, as any program could be one: it owns slices, and gives each of them to the client that
// its policy chooses. The kernel is not asked for more than `yield`.
//
// Arguments: stride or lottery; how many slices to hand out; the lottery's seed; then for each client
// its tickets and its id, as in 3:258.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sched.h>

static struct sched sched;

int
main(int argc, char **argv)
{
  int lottery = argc > 1 && strcmp(argv[1], "lottery") == 0;
  int left = argc > 2 ? atoi(argv[2]) : 600;

  sched.choose = lottery ? sched_lottery : sched_stride;
  sched.random = argc > 3 ? (uint32_t)atoi(argv[3]) : 1;
  sched.guest_tickets = 1; // who comes and asks gets one ticket
  for (int i = 4; i < argc; i++)
    sched_add(&sched, (exo_env)atoi(strchr(argv[i], ':') + 1), (uint32_t)atoi(argv[i])); //@step add

  while (left > 0 && sched.count > 0) {
    struct sched_client *had = sched_slice(&sched); //@step give

    if (had)
      left--; //@step had
    else
      sched_idle();
    sched_look(&sched); //@step look
  }
  for (struct sched_client *c = sched.clients; c < sched.clients + sched.count; c++)
    printf("scheduler: %u tickets, %u slices\n", c->tickets, c->slices); //@step print
  return 0;
}
