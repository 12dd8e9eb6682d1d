// What if a page of the heap is taken by force? Who never touches it again goes on; who does is not
// given zeros instead, but ends and says why. Needs the right to administer memory: it asks itself.
#include "check.h"

int
main(void)
{
  char *page = malloc(3 * EXO_PAGE_SIZE);
  volatile char *middle = (char *)PAGE_OF(page + EXO_PAGE_SIZE);
  exo_slot slot;

  *middle = 42;
  slot = PTE_SLOT(pager_lookup((uint32_t)middle));
  CHECK(exo_page_bits(0, slot, 3) == 3); // now it is the least used
  exo_unbind(0, (uintptr_t)middle);
  CHECK(exo_revoke_ask(EXO_SLOT_MEMORY, boot_page->environment, 1) == 0);
  while (pager_lookup((uint32_t)middle) & PTE_VALID) slice_yield(0);
  CHECK(pager_lookup((uint32_t)middle) & PTE_LOST);
  printf("the slot is %s\n", slot_alloc() == (int)slot ? "free" : "in use");
  printf("it held %d\n", *middle);
  return failures;
}
