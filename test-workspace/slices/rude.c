// What if an environment does not give the processor up? Its slice is over, the kernel has told it
// so, and it goes on.
//
// At first it overruns a little and pays: for each tenth of a tick it forfeits a later slice. Then
// it never gives up. The kernel counts sixteen tenths and ends it. What its neighbours own it could
// not touch: argument 1 is `neighbour` for them, who count and measure their slices.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <libos.h>

#define SLICES 20

static int is_neighbour, ended;
static volatile int began;
static uint32_t begin, shortest = ~0u, longest;

static uint32_t
now(void)
{
  uint32_t steps;

  __asm__ volatile("csrr %0, time" : "=r"(steps));
  return steps;
}

void
on_end_of_slice(struct upcall_frame *frame)
{
  ended++; //@step end
  if (is_neighbour && ended > 1) {
    uint32_t length = now() - begin; // the first slice began without telling us

    if (length < shortest) shortest = length;
    if (length > longest) longest = length;
  } else if (!is_neighbour) {
    for (volatile int i = 0; i < 50; i++) //@step late
      ;
    while (ended > 3) { //@step never
    }
  }
  slice_suspend(frame); //@step save
}

struct upcall_frame *
on_begin_of_slice(struct upcall_frame *saved)
{
  began++; //@step begin
  begin = now();
  return saved;
}

int
main(int argc, char **argv)
{
  is_neighbour = argc > 1 && strcmp(argv[1], "neighbour") == 0;
  if (!is_neighbour) printf("%s: will not give up\n", program_name());
  exo_slices_enable();
  while (began < SLICES || !is_neighbour);
  printf("%s: %d slices, %s\n", program_name(), began,
         shortest == longest ? "all equally long" : "some longer than others"); //@step count
  return 0;
}
