// Addresses that a program gives us: whether it could use them itself. A wrong one is an error of the call, and not ours to fault on.
#include "library.h"

static int
page_allows(uint32_t address, exo_rights rights)
{
  pte entry = pager_lookup(address);

  if (entry & PTE_VALID) {
    exo_rights has = entry & PTE_RIGHTS;

    if (page_flags[PTE_SLOT(entry)] & PAGE_COW) has |= EXO_RIGHT_WRITE;
    return (has & rights) == rights;
  }
  if (entry & PTE_LOST) return 0;
  // What is not there yet and comes when it is touched.
  return (address >= boot_page->heap_start && address < (uint32_t)sbrk(0)) ||
         memory_is_stack(address, (uint32_t)__builtin_frame_address(0));
}

EXO_API int
range_allows(const void *address, uint32_t count, exo_rights rights)
{
  uint32_t first = (uint32_t)address, last = first + count - 1;

  if (count == 0) return 1;
  if (last < first) return 0;
  for (uint32_t page = PAGE_OF(first);; page += EXO_PAGE_SIZE) {
    if (!page_allows(page, rights)) return 0;
    if (page == PAGE_OF(last)) return 1;
  }
}

// Whether a string ends before `most` bytes.
EXO_API int
string_allows(const char *string, uint32_t most)
{
  for (uint32_t n = 0; n < most; n++) {
    uint32_t address = (uint32_t)string + n;

    if ((n == 0 || address % EXO_PAGE_SIZE == 0) && !page_allows(PAGE_OF(address), EXO_RIGHT_READ))
      return 0;
    if (string[n] == 0) return 1;
  }
  return 0;
}
