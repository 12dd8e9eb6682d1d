// Three environments share the processor; each runs this program and saves its own registers.
//
// Argument 1 is how it behaves: `polite` yields as soon as its slice ends; `late` goes on for a
// while first and pays for it with later slices; `friend` gives the rest of its slices to the
// environment whose id is argument 2.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <libos.h>

#define SLICES 6

static const char *manners;
static volatile unsigned rounds;
static int began, ended;

// Makes a late program run on past the end of its slice.
static void
dawdle(void)
{
  for (volatile int i = 0; i < 100; i++)
    ;
}

// The slice is over: every register is in the frame. The libOS's own version saves and yields; ours
// looks first.
void
on_end_of_slice(struct upcall_frame *frame)
{
  ended++;                                    //@step end
  if (strcmp(manners, "late") == 0) dawdle(); //@step late
  slice_suspend(frame);                       //@step save
}

// A slice begins, with all registers zero; `saved` is what the end of the last one left. The stub
// restores it and goes on.
struct upcall_frame *
on_begin_of_slice(struct upcall_frame *saved)
{
  began++; //@step begin
  return saved;
}

int
main(int argc, char **argv)
{
  exo_env friend = argc > 2 ? (exo_env)atoi(argv[2]) : 0;
  int seen = 0;

  manners = argc > 1 ? argv[1] : "polite";
  exo_slices_enable(); //@step enable
  while (began < SLICES) {
    rounds++; //@step work
    if (began == seen) continue;
    seen = began;
    printf("%s: slice %d\n", program_name(), seen);
    if (friend != 0) slice_yield(friend); //@step yield
  }
  printf("%s (%s): %d slices, %s rounds\n", program_name(), manners, began,
         rounds > 0 ? "many" : "no");
  return 0;
}
