// Every refusal once. A refused call changes nothing and says why: a code for the program, and in
// the debugger's event list a sentence for you. Arguments 1 and 2 are the ids of two bystanders;
// without them two of the errors cannot be had.
#include <stdio.h>
#include <stdlib.h>
#include <libos.h>

static int differences;

// Notes the answer of a call that ought to be refused with a given error.
static void
expect(int expected, const char *what, int got)
{
  if (got != expected) differences++;
  printf("%-13s %s%s\n", exo_error_name(expected), what, got == expected ? "" : " -- DIFFERS");
  if (got != expected) printf("              got %d: %s\n", got, exo_error(got));
}

// Enters the kernel with a number that no call has.
static int
unknown_call(void)
{
  register uint32_t a0 __asm__("a0") = 0;
  register uint32_t a7 __asm__("a7") = 0xbad;

  __asm__ volatile("ecall" : "+r"(a0) : "r"(a7) : "memory");
  return (int)a0;
}

// Takes every slice that is left, asks for one more, and gives them back.
static int
one_slice_too_many(void)
{
  int first = -1, slot, error;

  for (;;) {
    slot = slot_alloc();
    error = exo_slice_alloc(0, EXO_SLOT_PROCESSOR, EXO_ANY, slot);
    if (error < 0) break;
    if (first < 0) first = slot;
  }
  slot_free(slot);
  for (int s = first; s >= 0 && s < slot; s++) {
    exo_slice_free(0, s);
    slot_free(s);
  }
  return error;
}

int
main(int argc, char **argv)
{
  exo_env deaf = argc > 1 ? (exo_env)atoi(argv[1]) : 0;
  exo_env dying = argc > 2 ? (exo_env)atoi(argv[2]) : 0;
  uint32_t words[RPC_WORDS] = {0};
  int page = slot_alloc(), weak = slot_alloc(), empty = slot_alloc();
  int frame = exo_page_alloc(0, EXO_SLOT_MEMORY, EXO_ANY, page);
  int status;

  exo_cap_derive(0, page, 0, weak, EXO_RIGHT_READ);

  expect(EXO_E_INVAL, "bind at an address inside a page",
         exo_bind(0, 0x50000001, page, 1)); //@step first
  expect(EXO_E_CAP, "bind with an empty slot", exo_bind(0, 0x50000000, empty, EXO_RIGHT_READ));
  expect(EXO_E_RIGHTS, "bind for writing with a capability that may only read",
         exo_bind(0, 0x50000000, weak, EXO_RIGHT_READ | EXO_RIGHT_WRITE));
  expect(EXO_E_TAKEN, "allocate a page that is owned",
         exo_page_alloc(0, EXO_SLOT_MEMORY, frame, empty));
  expect(EXO_E_NONE, "allocate a slice when all are taken", one_slice_too_many());
  expect(EXO_E_SLOT, "allocate into a slot that is not empty",
         exo_page_alloc(0, EXO_SLOT_MEMORY, EXO_ANY, page));
  expect(EXO_E_ENV, "yield to an environment that does not exist", exo_yield(0x7fffff01));
  expect(EXO_E_BUSY, "call an environment that never runs", rpc_try(boot_page->launcher, words));
  expect(EXO_E_AGAIN, "read the console when nothing was typed",
         exo_console_read(EXO_SLOT_CONSOLE));
  expect(EXO_E_OFFER, "accept what nobody offered", exo_cap_accept(boot_page->launcher, 1, empty));
  expect(EXO_E_CALL, "make a call that does not exist", unknown_call());
  expect(EXO_E_OWNER, "free a page with a derived capability", exo_page_free(0, weak));
  if (deaf) {
    while ((status = rpc_try(deaf, words)) == EXO_E_BUSY) slice_yield(0); // until it has started
    expect(EXO_E_ENTRY, "call an environment that serves nothing", status);
    exo_transfer_async(deaf, 0, 0, 0, 0, 0, 0); // which ends it
  }
  if (dying) expect(EXO_E_DEAD, "call an environment that dies of it", rpc_call(dying, words));

  printf("%d of the answers differ\n", differences);
  return differences; //@step end
}
