// Owns a page and lends it, read-only, to whoever asks. Argument 1 is the letters of the rights
// that it lends beside that to read, such as `g` to grant it on.
//
// What is lent is a capability, derived from the owner's with fewer rights. The owner keeps its own
// and may revoke all that descends from it at any time; the borrower is told, and cannot prevent
// it.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <libos.h>
#include "share.h"

#define PAGE 0x50000000u

static int slot;
static uint32_t lent = EXO_RIGHT_READ;

static int
serve(exo_env client, uint32_t words[RPC_WORDS])
{
  char *text = (char *)PAGE;

  switch (words[0]) {
  case BORROW:
    words[1] = (uint32_t)slot;
    words[2] = lent;
    return exo_cap_offer(slot, client, lent); //@step offer
  case CHANGE:
    strcpy(text, "the owner changed its mind"); //@step change
    return 0;
  case REVOKE:
    return exo_cap_revoke(0, slot); //@step revoke
  default:
    exit(0);
  }
}

int
main(int argc, char **argv)
{
  if (argc > 1 && strchr(argv[1], 'x')) lent |= EXO_RIGHT_EXECUTE;
  if (argc > 1 && strchr(argv[1], 'g')) lent |= EXO_RIGHT_GRANT;
  slot = slot_alloc(); //@step alloc
  int frame = exo_page_alloc(0, EXO_SLOT_MEMORY, EXO_ANY, slot);

  if (frame < 0 || pager_map(PAGE, frame, slot, EXO_RIGHT_READ | EXO_RIGHT_WRITE) < 0) return 1;
  strcpy((char *)PAGE, "a page of the owner's"); //@step write
  rpc_serve(serve);
}
