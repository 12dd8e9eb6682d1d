// A page fault, mended by the program itself.
//
// The kernel only says what happened: it sets uepc, ucause and utval and enters the upcall entry
// that the libOS registered. Which page goes where, and whether any does, is decided in
// on_page_fault below, which replaces the libOS's own. When it returns, `uret` goes back to the
// store without the kernel, and the store is done again.
#include <stdio.h>
#include <libos.h>

#define REGION       0x40000000u
#define REGION_PAGES 16

static int faults;

// Mends a fault in the region with a page of zeros.
int
on_page_fault(struct upcall_frame *frame)
{
  uint32_t page = PAGE_OF(frame->value);
  int slot, physical, error;

  if (page < REGION || page >= REGION + REGION_PAGES * EXO_PAGE_SIZE)
    return pager_demand(frame); // the stack and the heap stay the libOS's affair

  faults++;
  slot = slot_alloc();                                          //@step pager
  physical = exo_page_alloc(0, EXO_SLOT_MEMORY, EXO_ANY, slot); //@step alloc
  if (physical < 0) return 0;
  error = exo_bind(0, page, slot, EXO_RIGHT_READ | EXO_RIGHT_WRITE); //@step bind
  if (error < 0) return 0;
  // Our own page table: if the kernel's software TLB drops the binding, the libOS binds again what
  // stands here.
  pager_enter(page, PTE(physical, slot, PTE_VALID | PTE_READ | PTE_WRITE)); //@step note
  return 1;                                                                 //@step return
}

int
main(void)
{
  int *cell = (int *)(REGION + 0x20);
  int before = 7;
  int after;

  printf("nothing is mapped at %p\n", (void *)cell);
  *cell = 6 * before; //@step store
  after = *cell;      //@step after
  printf("before %d, after %d, faults %d\n", before, after, faults);

  for (int i = 0; i < 4; i++) cell[i * EXO_PAGE_SIZE / sizeof *cell] = i; //@step loop
  printf("four pages touched, faults %d\n", faults);
  return 0;
}
