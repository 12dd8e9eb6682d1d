// Stride scheduling [Waldspurger and Weihl 1995]: each client's pass goes forward by a stride that is
// the shorter the more tickets it has; the one that is furthest behind is next.
#include <sched.h>

EXO_API struct sched_client *
sched_stride(struct sched *sched)
{
  struct sched_client *next = 0;

  for (struct sched_client *c = sched->clients; c < sched->clients + sched->count; c++) {
    if (c->passed_over) continue;
    // Passes wrap round; none is ever half the way ahead of another.
    if (next == 0 || (int32_t)(c->pass - next->pass) < 0) next = c;
  }
  if (next == 0) return 0;
  sched->pass = next->pass;
  next->pass += next->stride; // also where it cannot run: it gets nothing back for what it sleeps
  return next;
}
