// The same with one line in the wrong place, a mistake that many have made: the parent's pages are marked after the child has been given
// them. What the parent stores in between it stores into the memory of both.
//
// In the child fork returns what it returns in the parent. Which store did it? Stop at parent-result, and ask who can reach the stack's page.
#include "main.h"

__attribute__((used)) void
fork_with(struct context *context)
{
  int id = new_environment();

  if (id >= 0) {
    list_pages();
    give_pages();
    context->result = id; //@step parent-result
    mark_pages(); // too late: move it up, before give_pages
    id = start_child(context);
  }
  if (id < 0) context->result = id;
}
