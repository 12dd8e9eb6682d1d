// Asks an environment for a page again and again, once it has what it needs. Argument 1 is its id,
// argument 2 how long it waits in between, in slices. Needs the right to administer memory.
#include <stdlib.h>
#include <libos.h>

int
main(int argc, char **argv)
{
  exo_env target = argc > 1 ? (exo_env)atoi(argv[1]) : 0;

  int pause = argc > 2 ? atoi(argv[2]) : 1;

  for (int i = 0; i < 100; i++) slice_yield(0);
  while (exo_revoke_ask(EXO_SLOT_MEMORY, target, 1) != EXO_E_ENV)
    for (int i = 0; i < pause; i++) slice_yield(0);
  return 0;
}
