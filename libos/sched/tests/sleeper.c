// A client that is asleep for a while each time, `argument 1` slices long.
#include <stdlib.h>
#include <sched.h>

volatile unsigned count;

int
main(int argc, char **argv)
{
  int slices = argc > 1 ? atoi(argv[1]) : 1;

  for (;;) {
    for (int i = 0; i < slices; i++) sched_idle();
    count++;
  }
}
