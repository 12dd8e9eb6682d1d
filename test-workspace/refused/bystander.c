// Whom refused.c calls. Argument 1: `deaf` serves no calls, and ends when it is entered
// asynchronously; `dying` serves one, by ending.
#include <stdlib.h>
#include <string.h>
#include <libos.h>

void
on_transfer_async(struct upcall_frame *frame)
{
  (void)frame;
  exit(0);
}

static int
die(exo_env client, uint32_t words[RPC_WORDS])
{
  (void)client, (void)words;
  exit(0);
}

int
main(int argc, char **argv)
{
  if (argc > 1 && strcmp(argv[1], "dying") == 0) rpc_serve(die);
  exo_env_set_entry(0, EXO_ENTRY_TRANSFER_ASYNC, (uintptr_t)upcall_entry);
  for (;;) exo_rest();
}
