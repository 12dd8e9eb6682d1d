// Handing out slices. The kernel lets whoever owns a slice name who runs in it, and asks no more.
#include <sched.h>

#define STRIDE 0x100000u // of a client with one ticket

EXO_API struct sched_client *
sched_find(struct sched *sched, exo_env id)
{
  for (struct sched_client *c = sched->clients; c < sched->clients + sched->count; c++)
    if (c->id == id) return c;
  return 0;
}

EXO_API int
sched_add(struct sched *sched, exo_env id, uint32_t tickets)
{
  if (id == 0 || tickets == 0 || tickets > SCHED_TICKETS || sched_find(sched, id))
    return EXO_E_INVAL;
  if (sched->count == SCHED_CLIENTS) return EXO_E_NONE;
  // It begins where the others are: for the time before it came it gets nothing.
  sched->clients[sched->count++] = (struct sched_client){
      .id = id, .tickets = tickets, .stride = STRIDE / tickets, .pass = sched->pass};
  return 0;
}

EXO_API struct sched_client *
sched_slice(struct sched *sched)
{
  struct sched_client *c;

  for (int i = 0; i < sched->count; i++) sched->clients[i].passed_over = 0;
  while ((c = sched->choose(sched))) {
    int error = slice_yield(c->id);

    if (error == 0) {
      c->slices++;
      return c;
    }
    if (error == EXO_E_BUSY)
      c->passed_over = 1; // it sleeps or rests: the slice is for who else there is
    else
      *c = sched->clients[--sched->count]; // it is dead: its share is the others' from now on
  }
  return 0;
}
