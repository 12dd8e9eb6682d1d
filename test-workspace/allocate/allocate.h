// A page is allocated by its name, long before it is mapped. What happens between is the program's own affair: allocate.c has the handler
// that maps it, and allocate_bug.c one with a mistake.
//
//   allocate PAGE VALUE     PAGE: the physical page that it asks for; VALUE: what it stores there
#ifndef ALLOCATE_H
#define ALLOCATE_H

#include <stdio.h>
#include <stdlib.h>
#include <libos.h>

#define REGION 0x40000000u
#define RW     (EXO_RIGHT_READ | EXO_RIGHT_WRITE)

static int slot;     // where the capability for the page is
static int physical; // the page, 0 when we have none
static volatile int faults;

// Maps the page at REGION. Returns whether it is there now.
static int mend(void);

int
on_page_fault(struct upcall_frame *frame)
{
  if (PAGE_OF(frame->value) != REGION) return pager_demand(frame);
  faults++;                //@step pager
  if (!physical) return 0; // nothing of ours: the libOS ends the program
  return mend();
}

int
main(int argc, char **argv)
{
  uint32_t wanted = argc > 1 ? strtoul(argv[1], 0, 0) : EXO_ANY;
  int value = argc > 2 ? atoi(argv[2]) : 6;
  volatile int *cell = (volatile int *)(REGION + 0x20);

  slot = slot_alloc();
  physical = exo_page_alloc(0, EXO_SLOT_MEMORY, wanted, (exo_slot)slot); //@step alloc
  if (physical < 0) return 1;                                            //@step allocated
  printf("page 0x%x is ours\n", physical);
  *cell = value * 7; //@step store
  printf("the cell says %d after %d fault\n", *cell, faults); //@step after
  cell[1] = value; //@step again
  printf("and after one more store still %d\n", faults); //@step counted

  pager_unmap(REGION);               //@step unmap
  exo_page_free(0, (exo_slot)slot);  //@step free
  physical = 0;
  printf("the cell says %d\n", *cell); //@step stale
  return 0;
}

#endif
