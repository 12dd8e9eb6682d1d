// A handler that says it mended the fault and did not: the store faults for ever. No kernel call is
// ever refused.
#include <libos.h>

static volatile unsigned faults;

int
on_page_fault(struct upcall_frame *frame)
{
  if (frame->value != 0x40000000) return pager_demand(frame);
  faults++; //@step fault
  return 1;
}

int
main(void)
{
  *(volatile int *)0x40000000 = 1; //@step store
  return 0;
}
