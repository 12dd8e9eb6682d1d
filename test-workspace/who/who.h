// One line of output, and who does what for it.
//
//   who TEXT     prints it; then tries to write into the kernel's records
#ifndef WHO_H
#define WHO_H

#include <stdio.h>
#include <libos.h>

#define RECORDS 0x50000000u

int
main(int argc, char **argv)
{
  const char *text = argc > 1 ? argv[1] : "Hello, world";
  int error;

  puts(text); //@step print
  // Everybody may read the kernel's records. To write them nobody has a capability.
  error = exo_bind(0, RECORDS, EXO_SLOT_STATE, EXO_RIGHT_READ | EXO_RIGHT_WRITE); //@step poke
  printf("writing into the kernel: %s\n", exo_error_name(error)); //@step end
  return 0;
}

#endif
