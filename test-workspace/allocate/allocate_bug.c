// The same with a mistake: the page is bound by its number, as if that were a capability. The kernel looks for one in the slot of that
// number, and finds none. Which call is refused, and by which guard?
#include "allocate.h"

static int
mend(void)
{
  pager_enter(REGION, PTE(physical, slot, PTE_VALID | RW)); //@step table
  return exo_bind(0, REGION, (exo_slot)physical, RW) >= 0;  //@step bind
}
