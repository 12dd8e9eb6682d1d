// Does the end of a slice tear a line? Two of these write at the same time, with slices far shorter
// than a line takes.
#include "check.h"

int
main(void)
{
  exo_slices_enable();
  for (int i = 0; i < 12; i++)
    printf("%s %s %s %s %s %s %s %s\n", program_name(), program_name(), program_name(),
           program_name(), program_name(), program_name(), program_name(), program_name());
  return 0;
}
