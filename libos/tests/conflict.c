// What if two pages fall into one entry of the kernel's software TLB? Each access to one evicts the
// other, and the page table brings it back. Argument 1, `text`: one of the two is the page of the
// code that does it.
#include "check.h"

#define APART (EXO_MAX_SOFTWARE_TLB * EXO_PAGE_SIZE)

int
main(int argc, char **argv)
{
  uint32_t base =
      argc > 1 && strcmp(argv[1], "text") == 0 ? 0x40000000 + PAGE_OF(main) : 0x40000000;
  volatile uint32_t *one = (volatile uint32_t *)base;
  volatile uint32_t *other = (volatile uint32_t *)(base + APART);

  CHECK(pager_alloc(base, EXO_RIGHT_READ | EXO_RIGHT_WRITE) == 0);
  CHECK(pager_alloc(base + APART, EXO_RIGHT_READ | EXO_RIGHT_WRITE) == 0);
  for (uint32_t i = 0; i < 10; i++) {
    *one = i;
    *other = 2 * i;
    CHECK(*one == i);
    CHECK(*other == 2 * i);
  }
  return failures;
}
