// Multiplies. With argument 1 it lets another server do that; argument 2 `libos`: it saves
// registers itself.
#include "check.h"

static exo_env next;

// Wastes time, so that slices end in here, and stack, so that it faults in here.
static __attribute__((noinline)) uint32_t
slowly(uint32_t value)
{
  volatile uint32_t waste[200];

  for (int i = 0; i < 200; i++) waste[i] = value;
  return waste[199];
}

static int
serve(exo_env client, uint32_t words[RPC_WORDS])
{
  uint32_t first = words[0];

  (void)client;
  if (next) return rpc_call(next, words);
  for (int i = 1; i < RPC_WORDS; i++) words[i] = slowly(words[i] * first);
  words[0] = first * first;
  return (int)first;
}

int
main(int argc, char **argv)
{
  if (argc > 1) next = (exo_env)atoi(argv[1]);
  if (argc > 2 && strcmp(argv[2], "libos") == 0) exo_slices_enable();
  rpc_serve(serve);
}
