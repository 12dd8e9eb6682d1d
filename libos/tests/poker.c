// Enters another at every opportunity, with words that look like a reply. Argument 1: the other's
// id; 2: `calls` for synchronous transfers, else asynchronous ones.
#include "check.h"

int
main(int argc, char **argv)
{
  exo_env other = (exo_env)atoi(argv[1]);
  int calls = argc > 2 && strcmp(argv[2], "calls") == 0;
  int status = 0;

  exo_slices_enable();
  while (status != EXO_E_ENV && status != EXO_E_DEAD) {
    uint32_t words[RPC_WORDS] = {666, 666, 666, 666, 666, 666, 666, 666};

    status = calls ? rpc_try(other, words) : slice_transfer(other);
    if (calls && status != EXO_E_ENV && status != EXO_E_DEAD)
      CHECK(status == EXO_E_ENTRY || status == EXO_E_BUSY);
    slice_yield(0);
  }
  return failures;
}
