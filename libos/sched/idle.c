// When nobody can run, the scheduler sleeps as well: the machine may then jump to what happens next.
#include <sched.h>
#include <rpc.h>

EXO_API void
sched_idle(void)
{
  static struct exo_term term __attribute__((aligned(16)));
  uint64_t at = rpc_clock() + boot_page->tick;

  term = (struct exo_term){EXO_ANY, EXO_RELATION_AT_LEAST << 16, (uint32_t)at,
                           (uint32_t)(at >> 32)};
  slice_sleep_until((exo_slot)pager_slot(&term), (uint32_t)&term % EXO_PAGE_SIZE, 1);
}
