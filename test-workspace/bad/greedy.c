// Takes memory until there is none, and says how much it got. malloc only moves the end of the
// heap; it is the first touch of a page that needs one.
#include <stdio.h>
#include <stdlib.h>

int
main(void)
{
  unsigned pages = 0;

  for (;;) {
    char *page = malloc(4096);

    if (page == 0) break;
    page[0] = 1; //@step touch
    if (++pages % 100 == 0) printf("%u pages\n", pages);
  }
  printf("no more after %u pages\n", pages);
  return 0;
}
