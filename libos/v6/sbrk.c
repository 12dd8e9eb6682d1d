// The two kinds of sbrk that xv6 has had since 2025. Lazy is what sbrk itself is; eager makes sure that the pages can be had.
#include <kernel/vm.h>
#include "library.h"

char *sys_sbrk(int bytes, int how);
char *sbrklazy(int bytes);

// Gets every page of new memory. Returns 0 when there are not so many, in the machine or in our table of capabilities.
static int
touch(char *from, uint32_t bytes)
{
  if (!memory_left(bytes / EXO_PAGE_SIZE + 2)) return 0;
  for (uint32_t page = PAGE_OF(from); page < (uint32_t)from + bytes; page += EXO_PAGE_SIZE)
    if (!(pager_lookup(page) & PTE_VALID) && !memory_fill(page)) return 0;
  return 1;
}

EXO_API char *
sys_sbrk(int bytes, int how)
{
  char *from = sbrk(bytes);

  if (from == (char *)-1 || how != SBRK_EAGER || bytes <= 0) return from;
  if (touch(from, (uint32_t)bytes)) return from;
  sbrk(-bytes);
  return (char *)-1;
}

EXO_API char *
sbrklazy(int bytes)
{
  return sys_sbrk(bytes, SBRK_LAZY);
}
