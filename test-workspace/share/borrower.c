// Borrows a page: reads it, tries to write it, and loses it. Argument 1 is the owner's id.
#include <stdio.h>
#include <stdlib.h>
#include <libos.h>
#include "share.h"

#define PAGE 0x60000000u

static int slot;
static int refused_stores, losses;

// A store of two or four bytes is not done; the program goes on behind it. Anything else is the
// libOS's affair.
int
on_page_fault(struct upcall_frame *frame)
{
  if (PAGE_OF(frame->value) != PAGE) return pager_demand(frame);
  if (fault_access(frame) != EXO_RIGHT_WRITE) return 0;
  refused_stores++; //@step fault
  frame->pc += (*(uint16_t *)frame->pc & 3) == 3 ? 4 : 2;
  return 1;
}

// Something was taken by force: the repossession vector says what, by whom and why.
void
on_repossession(struct upcall_frame *frame)
{
  struct exo_repossession_next loss;
  int kind;

  while ((kind = exo_repossession_next(&loss)) >= 0) { //@step lost
    losses++;
    printf("borrower: lost %s in slot %u: %s\n", kind == EXO_KIND_PAGE ? "the page" : "something",
           loss.slot - (uint32_t)slot, loss.reason == EXO_LOSS_REVOKED ? "revoked" : "not revoked");
    if (kind == EXO_KIND_PAGE) pager_forget(loss.slot);
    slot_free(loss.slot);
  }
  (void)frame;
}

static int
ask(exo_env owner, uint32_t what, uint32_t words[RPC_WORDS])
{
  words[0] = what;
  return rpc_call(owner, words);
}

int
main(int argc, char **argv)
{
  exo_env owner = argc > 1 ? (exo_env)atoi(argv[1]) : 0;
  uint32_t words[RPC_WORDS];
  volatile char *text = (volatile char *)PAGE;
  int rights, error;

  if ((error = ask(owner, BORROW, words)) < 0) return 1; //@step borrow
  slot = slot_alloc();
  rights = exo_cap_accept(owner, words[1], slot); //@step accept
  printf("borrower: accepted with rights %d\n", rights);

  error = exo_bind(0, PAGE, slot, EXO_RIGHT_READ | EXO_RIGHT_WRITE); //@step refused
  printf("borrower: bind for writing: %s\n", exo_error_name(error));
  error = exo_bind(0, PAGE, slot, EXO_RIGHT_READ); //@step bind
  pager_enter(PAGE, PTE(0, slot, PTE_VALID | PTE_READ));
  printf("borrower: bind for reading: %s\n", exo_error_name(error));
  printf("borrower: it says \"%s\"\n", (const char *)text); //@step read

  text[0] = 'A'; //@step store
  printf("borrower: %d store refused, it says \"%s\"\n", refused_stores, (const char *)text);

  ask(owner, CHANGE, words); //@step change
  printf("borrower: it says \"%s\"\n", (const char *)text);

  ask(owner, REVOKE, words);             //@step revoke
  printf("borrower: %d loss\n", losses); //@step after
  error = exo_bind(0, PAGE, slot, EXO_RIGHT_READ);
  printf("borrower: bind again: %s\n", exo_error_name(error));
  ask(owner, STOP, words);
  return refused_stores == 1 && losses == 1 ? 0 : 1;
}
