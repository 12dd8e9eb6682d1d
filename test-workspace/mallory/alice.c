// Has a page, an extent and a slice, and serves whoever calls. At the end she looks whether all of
// it is as it was. Argument 1 is bob's id.
#include <stdio.h>
#include <stdlib.h>
#include <disk.h>
#include <libos.h>
#include "mallory.h"

#define PAGE   0x50300000u
#define GIFT   0x50301000u
#define SECRET 0xa11ce

static exo_env bob;
static int page, gift, extent;
static int nonsense, losses;

void
on_repossession(struct upcall_frame *frame)
{
  struct exo_repossession_next loss;

  (void)frame;
  while (exo_repossession_next(&loss) >= 0) losses++; //@step lost
}

static void
look(void)
{
  static uint32_t sector[EXO_SECTOR_SIZE / 4] __attribute__((aligned(EXO_SECTOR_SIZE)));
  int well = *(uint32_t *)PAGE == SECRET && losses == 0;

  well = well && disk_read(extent, 0, 1, sector) == 0 && sector[0] == SECRET;
  printf("alice: %s; %d calls were nonsense\n", well ? "unharmed" : "HARMED", nonsense);
  exit(well ? 0 : 1);
}

// Where every call arrives, whatever the caller would like.
static int
serve(exo_env client, uint32_t words[RPC_WORDS])
{
  switch (words[0]) {
  case LEND:
    words[1] = (uint32_t)page;
    return exo_cap_offer(page, client, EXO_RIGHT_READ); //@step lend
  case OFFER:
    words[1] = (uint32_t)gift;
    return exo_cap_offer(gift, bob, EXO_RIGHT_READ); //@step offer
  case END:
    look(); //@step end
  }
  nonsense++; //@step nonsense
  return EXO_E_INVAL;
}

int
main(int argc, char **argv)
{
  bob = argc > 1 ? (exo_env)atoi(argv[1]) : 0;
  pager_alloc(PAGE, EXO_RIGHT_READ | EXO_RIGHT_WRITE);
  pager_alloc(GIFT, EXO_RIGHT_READ | EXO_RIGHT_WRITE);
  page = (int)PTE_SLOT(pager_lookup(PAGE));
  gift = (int)PTE_SLOT(pager_lookup(GIFT));
  *(uint32_t *)PAGE = *(uint32_t *)GIFT = SECRET;
  extent = extent_open(0, 8);
  if (disk_write(extent, 0, 1, (void *)PAGE) < 0) return 1;
  rpc_serve(serve);
}
