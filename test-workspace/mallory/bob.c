// Minds his own business, until he is told to look whether all is well. Then he takes what alice
// has offered to him, and to nobody else. Argument 1 is her id.
#include <stdio.h>
#include <stdlib.h>
#include <libos.h>
#include "mallory.h"

#define GIFT   0x50300000u
#define SECRET 0xa11ce

static exo_env alice;
static int losses;

void
on_repossession(struct upcall_frame *frame)
{
  struct exo_repossession_next loss;

  (void)frame;
  while (exo_repossession_next(&loss) >= 0) losses++; //@step lost
}

static int
serve(exo_env client, uint32_t words[RPC_WORDS])
{
  int slot = slot_alloc();

  (void)client;
  if (words[0] != END) return EXO_E_INVAL;
  if (exo_cap_accept(alice, words[1], slot) < 0) losses++; //@step accept
  if (pager_map(GIFT, 0, slot, EXO_RIGHT_READ) < 0) losses++;
  printf("bob: %s, and the page that alice offered is there\n",
         losses == 0 && *(uint32_t *)GIFT == SECRET ? "unharmed" : "HARMED");
  exit(losses); //@step end
}

int
main(int argc, char **argv)
{
  alice = argc > 1 ? (exo_env)atoi(argv[1]) : 0;
  rpc_serve(serve);
}
