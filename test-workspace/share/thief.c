// Is lent a page read-only and tries to write it. Argument 1 is the owner's id. The kernel refuses the
// binding, unless the scenario weakens the guard that does: then the page is written behind its owner's
// back.
#include <stdio.h>
#include <stdlib.h>
#include <libos.h>
#include "share.h"

#define PAGE 0x60000000u

int
main(int argc, char **argv)
{
  exo_env owner = argc > 1 ? (exo_env)atoi(argv[1]) : 0;
  uint32_t words[RPC_WORDS] = {BORROW};
  int slot = slot_alloc();
  int error;

  if (rpc_call(owner, words) < 0) return 1;
  if (exo_cap_accept(owner, words[1], slot) < 0) return 1;
  error = exo_bind(0, PAGE, slot, EXO_RIGHT_READ | EXO_RIGHT_WRITE); //@step steal
  printf("thief: bind for writing: %s\n", error < 0 ? exo_error_name(error) : "done");
  if (error == 0) {
    *(volatile char *)PAGE = 'A'; //@step write
    printf("thief: the owner's page says \"%s\"\n", (const char *)PAGE);
  }
  words[0] = STOP;
  rpc_call(owner, words);
  return error == 0; //@step end
}
