// The name server. Nobody is told its id: it owns the last position of the slice vector, the kernel
// shows everybody who does, and no second one can. The scenario sees to it that no other comes first.
//
// Each argument `name=id` gives a name away before anybody can take it.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <rpc.h>

int
main(int argc, char **argv)
{
  for (int i = 1; i < argc; i++) {
    char name[NAMES_BYTES + 1] = "";
    const char *equals = strchr(argv[i], '=');

    if (equals == 0 || equals - argv[i] > NAMES_BYTES) continue;
    strncpy(name, argv[i], (size_t)(equals - argv[i]));
    names_give(name, (exo_env)atoi(equals + 1)); //@step give
  }
  printf("names: %s\n", exo_error(names_serve())); //@step serve
  return 1;
}
