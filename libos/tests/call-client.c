// Calls a server many times while slices end everywhere. Argument 1: the server's id; 2: `libos` to
// save registers itself.
#include "check.h"

int
main(int argc, char **argv)
{
  exo_env server = (exo_env)atoi(argv[1]);
  uint32_t sum = 0;

  if (argc > 2 && strcmp(argv[2], "libos") == 0) exo_slices_enable();
  for (uint32_t i = 1; i <= 40; i++) {
    uint32_t words[RPC_WORDS] = {i, 2, 3, 4, 5, 6, 7, 8};

    CHECK(rpc_call(server, words) == (int)i);
    for (uint32_t w = 1; w < RPC_WORDS; w++) CHECK(words[w] == i * (w + 1));
    sum += words[0];
  }
  printf("%s: %u\n", program_name(), sum);
  return failures;
}
