// Is entered by others all the time while it works and calls. Argument 1: the server's id; 2: how
// its registers are saved. It must notice nothing but that it is called.
#include "check.h"

static int pokes;

void
on_transfer_async(struct upcall_frame *frame)
{
  (void)frame;
  pokes++;
}

int
main(int argc, char **argv)
{
  exo_env server = (exo_env)atoi(argv[1]);

  if (argc > 2 && strcmp(argv[2], "libos") == 0) exo_slices_enable();
  exo_env_set_entry(0, EXO_ENTRY_TRANSFER_ASYNC, (uintptr_t)upcall_entry);
  for (uint32_t i = 1; i <= 300; i++) {
    uint32_t words[RPC_WORDS] = {i, 2, 3, 4, 5, 6, 7, 8};

    CHECK(rpc_call(server, words) == (int)i);
    for (uint32_t w = 1; w < RPC_WORDS; w++) CHECK(words[w] == i * (w + 1));
  }
  printf("%s: %s\n", program_name(), pokes ? "poked" : "left alone");
  return failures;
}
