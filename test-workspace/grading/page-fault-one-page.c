// The page-fault program with a mistake: one physical page for every address.
//
// It prints what the right program prints, since it reads nothing back. Its kernel events tell:
// exo grade grading/page-fault.grade.json grading/page-fault-one-page.c page-fault.c
#include <stdio.h>
#include <libos.h>

#define REGION       0x40000000u
#define REGION_PAGES 16

static int faults;
static int slot, physical;

int
on_page_fault(struct upcall_frame *frame)
{
  uint32_t page = PAGE_OF(frame->value);

  if (page < REGION || page >= REGION + REGION_PAGES * EXO_PAGE_SIZE) return pager_demand(frame);

  faults++;
  if (slot == 0) {
    slot = slot_alloc(); //@step alloc
    physical = exo_page_alloc(0, EXO_SLOT_MEMORY, EXO_ANY, slot);
  }
  if (physical < 0 || exo_bind(0, page, slot, EXO_RIGHT_READ | EXO_RIGHT_WRITE) < 0) return 0; //@step bind
  pager_enter(page, PTE(physical, slot, PTE_VALID | PTE_READ | PTE_WRITE));
  return 1;
}

int
main(void)
{
  int *cell = (int *)(REGION + 0x20);
  int before = 7;
  int after;

  printf("nothing is mapped at %p\n", (void *)cell);
  *cell = 6 * before;
  after = *cell;
  printf("before %d, after %d, faults %d\n", before, after, faults);

  for (int i = 0; i < 4; i++) cell[i * EXO_PAGE_SIZE / sizeof *cell] = i; //@step loop
  printf("four pages touched, faults %d\n", faults);
  return 0;
}
