// Clients that come by themselves. They ask where everybody can read and only they can write, so that
// asking takes no call to the scheduler, which could not take it while it runs others.
#include <sched.h>
#include <rpc.h>

EXO_API int
sched_ask(uint32_t tickets)
{
  return exo_env_set_word(0, SCHED_WORD, tickets);
}

EXO_API void
sched_look(struct sched *sched)
{
  uint32_t asked = 0;
  int id;

  sched->looked_at = (sched->looked_at + 1) % EXO_MAX_ENVIRONMENTS;
  id = rpc_at(sched->looked_at);
  if (id == 0 || (exo_env)id == boot_page->environment) return;
  if (sched->guest_tickets == 0 || sched_find(sched, (exo_env)id)) return;
  if (rpc_word((exo_env)id, SCHED_WORD, &asked) < 0 || asked == 0) return;
  sched_add(sched, (exo_env)id, asked < sched->guest_tickets ? asked : sched->guest_tickets);
}
