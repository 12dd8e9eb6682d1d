// A pager's wait for the disk.
#include <disk.h>
#include "libos.h"

// On behalf of a page fault: waits for a disk request, then has `finish` map the page that was
// read, or give it up. Returns what that says: whether the fault is mended. A pager that waits
// here, as its last act, need not know of threads: a libOS that has them does not come back, lets
// other threads run, calls `finish` when the disk has the page, and then tries the instruction
// again.
EXO_API int
pager_await(struct upcall_frame *frame, int request, int (*finish)(void *page, int status),
            void *page)
{
  (void)frame;
  return finish(page, disk_wait(request));
}
