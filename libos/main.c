// From the first instruction in C to main, and its arguments.
#include <stdlib.h>
#include "libos.h"

int main(int argc, char **argv);

// The name of the program: its argument 0, without folders.
EXO_API const char *
program_name(void)
{
  const char *name, *at;

  if (boot_page->argument_count == 0) return "program";
  name = ((const char **)boot_page->arguments)[0];
  for (at = name; *at; at++)
    if (*at == '/') name = at + 1;
  return name;
}

// The id of the environment that runs this: the launcher's word. A libOS with a fork knows better.
EXO_API exo_env
environment_id(void)
{
  return boot_page->environment;
}

// Called by _start on the program's own stack, whose first page comes with the first push of this
// function.
EXO_API void
libos_main(const struct exo_boot *boot)
{
  exo_env_set_entry(0, EXO_ENTRY_REPOSSESSION, (uintptr_t)upcall_entry);
  exit(main((int)boot->argument_count, (char **)boot->arguments));
}
