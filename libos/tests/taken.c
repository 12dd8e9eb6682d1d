// What if as much as possible is taken by force from a program that prepared for nothing? Needs the
// right to administer memory: it asks itself.
#include "check.h"

int
main(void)
{
  char *heap = malloc(5 * EXO_PAGE_SIZE);

  for (int i = 0; i < 5; i++) heap[i * EXO_PAGE_SIZE] = 1;
  CHECK(exo_revoke_ask(EXO_SLOT_MEMORY, boot_page->environment, 100) == 0);
  for (int i = 0; i < 200; i++) slice_yield(0);
  printf("all is there: %d\n", heap[0]);
  return failures;
}
