// Goes a socket on when its pages become others, as after a fork that copies on write? Every page
// of this program's data is replaced by a copy, and the old one freed, between datagrams. Arguments:
// own address, the server's.
#include <socket.h>
#include "../../tests/check.h"

#define SCRATCH 0x50000000u

extern char __exo_end[], end[];

static void
replace(uint32_t page)
{
  pte old = pager_lookup(page), copy;

  pager_alloc(SCRATCH, EXO_RIGHT_READ | EXO_RIGHT_WRITE);
  copy = pager_lookup(SCRATCH);
  memcpy((void *)SCRATCH, (void *)page, EXO_PAGE_SIZE);
  pager_unmap(SCRATCH);
  pager_unmap(page);
  pager_map(page, PTE_FRAME(copy), PTE_SLOT(copy), old & PTE_RIGHTS);
  if (exo_page_free(0, PTE_SLOT(old)) == 0) slot_free(PTE_SLOT(old));
}

int
main(int argc, char **argv)
{
  struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons(7)};
  char back[8];
  int s;

  (void)argc;
  CHECK(net_up(inet_addr(argv[1]), 0, 0) == 0);
  s = socket(AF_INET, SOCK_DGRAM, 0);
  there.sin_addr.s_addr = inet_addr(argv[2]);
  CHECK(connect(s, (struct sockaddr *)&there, sizeof there) == 0);
  socket_timeout(s, 300000);
  for (int i = 0; i < 5; i++) {
    int tries = 0, came;

    for (uint32_t page = PAGE_OF(__exo_end); page < (uint32_t)end; page += EXO_PAGE_SIZE)
      if (pager_lookup(page) & PTE_VALID) replace(page);
    do {
      CHECK(send(s, "copied", 6, 0) == 6);
      came = recv(s, back, sizeof back, 0);
    } while (came == NET_E_TIMEOUT && ++tries < 5);
    CHECK(came == 6 && memcmp(back, "copied", 6) == 0);
    CHECK(ping(there.sin_addr.s_addr, 10, 0) > 0 || ping(there.sin_addr.s_addr, 10, 0) > 0);
  }
  CHECK(send(s, "end", 3, 0) == 3);
  return failures;
}
