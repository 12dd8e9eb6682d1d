// The owner of share/owner.c with a mistake: what it lends may be written, too.
//
// exo grade grading/share.grade.json grading/owner-too-generous.c share/owner.c
//
// What is lent is a capability, derived from the owner's with fewer rights. The owner keeps its own
// and may revoke all that descends from it at any time; the borrower is told, and cannot prevent
// it.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <libos.h>
#include "../share/share.h"

#define PAGE 0x50000000u

static int slot;

static int
serve(exo_env client, uint32_t words[RPC_WORDS])
{
  char *text = (char *)PAGE;

  switch (words[0]) {
  case BORROW:
    words[1] = (uint32_t)slot;
    words[2] = EXO_RIGHT_READ | EXO_RIGHT_WRITE;
    return exo_cap_offer(slot, client, EXO_RIGHT_READ | EXO_RIGHT_WRITE); //@step offer
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
main(void)
{
  slot = slot_alloc(); //@step alloc
  int frame = exo_page_alloc(0, EXO_SLOT_MEMORY, EXO_ANY, slot);

  if (frame < 0 || pager_map(PAGE, frame, slot, EXO_RIGHT_READ | EXO_RIGHT_WRITE) < 0) return 1;
  strcpy((char *)PAGE, "a page of the owner's"); //@step write
  rpc_serve(serve);
}
