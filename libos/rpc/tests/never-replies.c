// Calls a server that never replies, and one that is not there, and gives up. Argument 1: its id.
#include "check.h"

int
main(int argc, char **argv)
{
  exo_env server = (exo_env)atoi(argv[1]);
  uint32_t words[RPC_ARGUMENTS] = {1};

  (void)argc;
  for (int i = 0; i < 3; i++) {
    uint64_t deadline = rpc_clock() + 50000;
    int status;

    while ((status = rpc_call_by(server, words, deadline)) == EXO_E_ENTRY) slice_yield(0);
    CHECK(status == EXO_E_AGAIN || status == EXO_E_BUSY);
    CHECK(status == EXO_E_BUSY || rpc_clock() >= deadline);
    CHECK(rpc_clock() < deadline + 100000);
  }
  CHECK(rpc_call_by(server + 256, words, rpc_clock() + 50000) == EXO_E_ENV);
  printf("gave up\n");
  return failures;
}
