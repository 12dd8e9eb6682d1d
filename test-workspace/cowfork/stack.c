// A stack that grows because it is used. Nobody has mapped it: each first touch of a page is a fault, and the handler in this program,
// not the kernel, puts a page there.
//
//   stack [plain|nested [DEPTH]]     nested: the handler counts on a page that is not there either, so that it faults itself, once
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <libos.h>

#define DEPTH 64
#define BYTES 1024 // of stack that each call uses

static volatile int faults; // the compiler does not see who changes it
static volatile int *note; // on a page of the heap that nobody has touched

int
on_page_fault(struct upcall_frame *frame)
{
  faults++; //@step pager
  if (note && PAGE_OF(frame->value) != PAGE_OF(note)) (*note)++; //@step nested
  return pager_demand(frame); //@step mend
}

// Returns how many calls there are above it, by what they left on the stack.
static int
descend(int depth, const volatile char *above)
{
  volatile char used[BYTES];

  used[0] = (char)(above ? *above + 1 : 1); //@step touch
  used[BYTES - 1] = used[0];
  return depth == 1 ? used[BYTES - 1] : descend(depth - 1, used);
}

int
main(int argc, char **argv)
{
  int depth = argc > 2 ? atoi(argv[2]) : DEPTH;
  int before;

  if (argc > 1 && strcmp(argv[1], "nested") == 0) note = sbrk(EXO_PAGE_SIZE);
  before = faults;
  if (descend(depth, 0) != depth) return 1; //@step descend
  printf("%d calls of %d bytes: %d faults\n", depth, BYTES, faults - before);
  if (note) printf("the handler noted %d of them\n", *note);
  before = faults;
  descend(depth, 0);
  printf("once more: %d faults\n", faults - before);
  return 0;
}
