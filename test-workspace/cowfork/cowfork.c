// Fork, in the right order: first nobody may write to a page that both read, and only then does the parent go on writing.
//
// Stop at pager: who faults first, and on which page?
#include "main.h"

__attribute__((used)) void
fork_with(struct context *context)
{
  int id = new_environment();

  if (id >= 0) {
    list_pages();
    mark_pages();
    give_pages();
    context->result = id; //@step parent-result
    id = start_child(context);
  }
  if (id < 0) context->result = id;
}
