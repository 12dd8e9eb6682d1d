// Tries everything against alice and bob, whose ids are arguments 1 and 2. Argument 3 is a word of its
// own, in hexadecimal digits.
//
// Nothing is hidden from mallory: which pages, slices and sectors are whose stands in the kernel's
// own records, which everybody may read. What protects alice is that a name is not a capability:
// each call names the capability that it uses, and the kernel looks for it in mallory's own table.
#include <stdio.h>
#include <stdlib.h>
#include <libos.h>
#include "mallory.h"

#define AT        0x50300000u // where something might come into the address space
#define MINE      0x50301000u // a page of mallory's own
#define STATE     0x50400000u // page n of the kernel's, the n-th page from here on
#define GUESS     900         // a slot that mallory has nothing in
#define ROOM      512         // empty slots from here on
#define R         EXO_RIGHT_READ
#define RW        (EXO_RIGHT_READ | EXO_RIGHT_WRITE)
#define RECORD(n) ((volatile const void *)(STATE + (n) * EXO_PAGE_SIZE))

static unsigned refused, faults;
static uint32_t own = 0xbad;

static void
attempt(const char *what, int got)
{
  if (got < 0) refused++;
  printf("%-52s %s\n", what, got < 0 ? exo_error_name(got) : "allowed"); //@step attempt
}

// The kernel's records are bound as they are looked at. An access that is not allowed is counted
// and left out.
int
on_page_fault(struct upcall_frame *frame)
{
  uint32_t page = (frame->value - STATE) / EXO_PAGE_SIZE;

  if (frame->value < AT || frame->value >= STATE + (1 << 22)) return pager_demand(frame);
  if (frame->value >= STATE && fault_access(frame) == R &&
      exo_bind_state(0, PAGE_OF(frame->value), EXO_SLOT_STATE, page) == 0)
    return 1;
  faults++; //@step fault
  frame->pc += (*(uint16_t *)frame->pc & 3) == 3 ? 4 : 2;
  return 1;
}

static uint32_t
call(exo_env whom, uint32_t what, uint32_t more)
{
  uint32_t words[RPC_WORDS] = {what, more};
  int result = rpc_call(whom, words);

  return result < 0 ? (uint32_t)result : words[1];
}

static void
memory(exo_env alice, int lent, int mine)
{
  volatile const struct exo_state_header *header = RECORD(0);
  volatile const struct exo_state_page *pages = RECORD(header->pages_at);
  struct exo_binding *list = (struct exo_binding *)MINE;
  uint32_t hers = 0;

  while ((pages[hers].state & 0xff) != EXO_PAGE_OWNED || pages[hers].owner != alice) hers++;
  attempt("bind with a slot that it guesses", exo_bind(0, AT, GUESS, R)); //@step guess
  attempt("take alice's page by its name",
          exo_page_alloc(0, EXO_SLOT_MEMORY, hers, ROOM)); //@step name
  attempt("bind what it may read for writing", exo_bind(0, AT, lent, RW));
  attempt("derive more rights from that", exo_cap_derive(0, lent, 0, ROOM, RW));
  attempt("restrict that to more rights", exo_cap_restrict(0, lent, RW));
  attempt("lend that on to bob", exo_cap_offer(lent, alice + 1, R));
  attempt("free that", exo_page_free(0, lent));
  attempt("have the disk write into that", exo_disk_read(ROOM - 1, 0, 1, lent, 0, 0));
  attempt("bind the kernel's records for writing", exo_bind(0, AT, EXO_SLOT_STATE, RW));
  attempt("take a page of the kernel's by its name", exo_page_alloc(0, EXO_SLOT_MEMORY, 1, ROOM));
  attempt("bind where the kernel keeps registers",
          exo_bind_state(0, AT, EXO_SLOT_STATE, header->extents_at + 2));
  list[0] = (struct exo_binding){AT | RW, (uint32_t)mine};
  list[1] = (struct exo_binding){(AT + 0x10000) | R, GUESS};
  attempt("hide a guess in a batch", exo_bind_batch(0, mine, 0, 2));
  attempt("claim 64 pages, beyond its quota",
          exo_page_alloc_batch(0, EXO_SLOT_MEMORY, 64, ROOM)); //@step quota

  *(volatile uint32_t *)STATE = 0; // which is bound, to be read
  *(uint32_t *)MINE = own;
  pager_enter(AT, PTE(hers, mine, PTE_VALID | RW)); //@step lie
  attempt("write a lie into its own page table", 0);
  printf("  and reads %x, its own page: the kernel has never heard of that table\n",
         *(volatile uint32_t *)AT);
}

static void
others(exo_env alice, uint32_t her_gift)
{
  volatile const struct exo_state_header *header = RECORD(0);
  volatile const struct exo_state_extent *extents = RECORD(header->extents_at);
  struct exo_term *term = (struct exo_term *)MINE;
  int slot = (int)PTE_SLOT(pager_lookup(MINE));
  uint32_t words[RPC_WORDS] = {0x10000, 0x10000};
  uint32_t position = 0, extent = 0;

  while (header->slice_vector[2 * position] != alice) position++;
  while (extents[extent].owner != alice) extent++;
  attempt("accept what is offered to bob", exo_cap_accept(alice, her_gift, ROOM)); //@step offer
  attempt("take alice's sectors by their number",
          exo_extent_alloc(0, EXO_SLOT_DISK, extents[extent].first, 1, ROOM));
  attempt("write to an extent that it guesses", exo_disk_write(GUESS, 0, 1, slot, 0, 0));
  attempt("take alice's slice by its position",
          exo_slice_alloc(0, EXO_SLOT_PROCESSOR, position, ROOM)); //@step slice
  attempt("revoke by a slot that it guesses", exo_cap_revoke(0, GUESS));
  attempt("destroy alice, by her id as a slot", exo_env_destroy(alice)); //@step destroy
  attempt("set alice's entry", exo_env_set_entry(GUESS, EXO_ENTRY_TRANSFER, 0x10000));
  attempt("yield to who had alice's place before", exo_yield(alice - EXO_MAX_ENVIRONMENTS));
  attempt("enter alice at an address of its own choice", rpc_call(alice, words)); //@step enter
  attempt("name itself the arbiter",
          exo_arbiter_set(EXO_SLOT_MEMORY, boot_page->environment)); //@step arbiter
  attempt("choose as if it were", exo_arbiter_choose(alice, 1));
  attempt("ask alice for pages, in the kernel's name", exo_revoke_ask(EXO_SLOT_MEMORY, alice, 4));
  attempt("guarantee pages to itself", exo_memory_guarantee(0, EXO_SLOT_MEMORY, 100));
  attempt("lift its own quota", exo_quota_set(0, EXO_SLOT_MEMORY, 0));
  term[0] = (struct exo_term){GUESS, 0, 0xa11ce, 0};
  attempt("sleep on a word that it may not read", exo_sleep_until(slot, 0, 1)); //@step predicate
}

int
main(int argc, char **argv)
{
  exo_env alice = argc > 1 ? (exo_env)atoi(argv[1]) : 0,
          bob = argc > 2 ? (exo_env)atoi(argv[2]) : 0;
  uint32_t gift = call(alice, OFFER, 0);
  int lent = slot_alloc();

  if (argc > 3) own = strtoul(argv[3], 0, 16);
  pager_alloc(MINE, RW);
  exo_extent_alloc(0, EXO_SLOT_DISK, EXO_ANY, 8, ROOM - 1);             // its own
  if (exo_cap_accept(alice, call(alice, LEND, 0), lent) != R) return 1; //@step begin
  memory(alice, lent, (int)PTE_SLOT(pager_lookup(MINE)));
  others(alice, gift);
  printf("%u refused, %u store into the kernel's records faulted\n", refused, faults); //@step end
  call(bob, END, gift);
  call(alice, END, 0);
  return 0;
}
