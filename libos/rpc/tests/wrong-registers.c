// A server that replies with every register wrong. Argument 1: what to do at the n-th call besides:
// `dies`, `loops` or nothing; 2: n.
#include "raw-entries.h"

static int calls, last = -1;
static int loops;

void
raw_server(exo_env client)
{
  (void)client;
  if (++calls == last) {
    if (loops)
      for (;;)
        ;
    exit(0);
  }
  for (int i = 0; i < 32; i++) raw_answer[i] = random_word();
}

int
main(int argc, char **argv)
{
  loops = argument_is(argc, argv, 1, "loops");
  if (argc > 2) last = atoi(argv[2]);
  raw_register((uintptr_t)raw_serve);
  exo_rest();
}
