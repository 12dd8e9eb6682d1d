// The two kinds of sbrk that xv6 has had since 2025. Lazy is what sbrk itself is; eager makes sure that the pages can be had.
#include <kernel/vm.h>
#include "library.h"

char *sys_sbrk(int bytes, int how);
char *sbrklazy(int bytes);

// Touches every page of new memory. Returns 0 when there are not so many.
static int
touch(char *from, uint32_t bytes)
{
  if (!memory_left(bytes / EXO_PAGE_SIZE + 2)) return 0;
  for (uint32_t at = 0; at < bytes; at += EXO_PAGE_SIZE) *(volatile char *)(from + at);
  if (bytes > 0) *(volatile char *)(from + bytes - 1);
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
