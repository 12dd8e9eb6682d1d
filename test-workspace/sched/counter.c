// Counts for as long as somebody gives it time, and says how far it is. It owns no slice.
//
// Argument 1: how far it counts; 0, or nothing: for ever. Argument 2: how often it says so.
#include <stdio.h>
#include <stdlib.h>
#include <libos.h>

volatile unsigned count; // a debugger shows it for each client

int
main(int argc, char **argv)
{
  unsigned end = argc > 1 ? (unsigned)atoi(argv[1]) : 0;
  unsigned step = argc > 2 ? (unsigned)atoi(argv[2]) : 10000;

  while (end == 0 || count < end) {
    count++; //@step count
    if (count % step == 0) printf("%s: %u\n", program_name(), count); //@step say
  }
  return 0;
}
