// How deep can faults nest? This handler faults itself, each time on another page, until its stack
// is full; then the kernel ends the program: nobody is left who could.
#include "check.h"

static uint32_t depth;

int
on_page_fault(struct upcall_frame *frame)
{
  if (frame->value < 0x40000000 || frame->value >= 0x50000000) return pager_demand(frame);
  depth++;
  *(volatile int *)(0x40000000 + depth * EXO_PAGE_SIZE) = 1;
  return 1;
}

int
main(void)
{
  printf("falling\n");
  *(volatile int *)0x40000000 = 1;
  return 0;
}
