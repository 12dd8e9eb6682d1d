// Three acts: a page is allocated, which makes it ours; it is entered into our page table, which is ours alone; and it is bound, which is
// what the kernel checks and the machine obeys.
#include "allocate.h"

static int
mend(void)
{
  pager_enter(REGION, PTE(physical, slot, PTE_VALID | RW)); //@step table
  return exo_bind(0, REGION, (exo_slot)slot, RW) >= 0;      //@step bind
}
