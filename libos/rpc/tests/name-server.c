// The name server. Each argument `name=id` gives a name beforehand; `mortal` ends it after a while.
#include "check.h"

int
main(int argc, char **argv)
{
  for (int i = 1; i < argc; i++) {
    const char *equals = strchr(argv[i], '=');
    char name[NAMES_BYTES + 1] = "";

    if (equals == 0) continue;
    strncpy(name, argv[i], (size_t)(equals - argv[i])); // the boot page is not ours to write
    CHECK(names_give(name, (exo_env)atoi(equals + 1)) == 0);
  }
  if (argument_is(argc, argv, 1, "mortal")) {
    for (int i = 0; i < 20; i++) slice_yield(0);
    return 0;
  }
  printf("name server: %s\n", exo_error_name(names_serve()));
  return 1;
}
