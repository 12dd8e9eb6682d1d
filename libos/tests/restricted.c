// What if a capability loses a right? The slot stays in use, what is left works, and what is gone
// is refused. One environment owns the page (argument 2 is 0), the other has its id and borrows.
#include "check.h"

#define PAGE 0x50000000u

enum { BORROW, RESTRICT, STOP };
static int slot;
static int refused;

int
on_page_fault(struct upcall_frame *frame)
{
  if (PAGE_OF(frame->value) != PAGE || fault_access(frame) != EXO_RIGHT_WRITE)
    return pager_demand(frame);
  refused++;
  frame->pc += (*(uint16_t *)frame->pc & 3) == 3 ? 4 : 2;
  return 1;
}

static int
serve(exo_env client, uint32_t words[RPC_WORDS])
{
  if (words[0] == STOP) exit(0);
  words[1] = (uint32_t)slot;
  if (words[0] == BORROW) return exo_cap_offer(slot, client, EXO_RIGHT_READ | EXO_RIGHT_WRITE);
  return exo_cap_restrict(0, slot, EXO_RIGHT_READ | EXO_RIGHT_GRANT);
}

int
main(int argc, char **argv)
{
  exo_env owner = argc > 1 ? (exo_env)atoi(argv[1]) : 0;
  volatile uint32_t *word = (volatile uint32_t *)PAGE;
  uint32_t words[RPC_WORDS] = {BORROW};
  int frame;

  slot = slot_alloc();
  if (owner == 0) {
    CHECK(exo_page_alloc(0, EXO_SLOT_MEMORY, EXO_ANY, slot) >= 0);
    rpc_serve(serve);
  }
  CHECK(rpc_call(owner, words) == 0);
  CHECK(exo_cap_accept(owner, words[1], slot) == (EXO_RIGHT_READ | EXO_RIGHT_WRITE));
  frame = 0; // whichever it is
  CHECK(pager_map(PAGE, frame, slot, EXO_RIGHT_READ | EXO_RIGHT_WRITE) == 0);
  *word = 7;

  words[0] = RESTRICT;
  CHECK(rpc_call(owner, words) == 2); // the owner's and ours
  CHECK((pager_lookup(PAGE) & PTE_RIGHTS) == PTE_READ);
  CHECK(slot_alloc() != slot);
  *word = 8;
  CHECK(refused == 1);
  CHECK(*word == 7);
  exo_unbind(0, PAGE); // as if it had been evicted
  CHECK(*word == 7);
  words[0] = STOP;
  CHECK(rpc_call(owner, words) == EXO_E_DEAD);
  return failures;
}
