// Demand-zero memory: the stack and the heap get a page at the first touch.
#include "libos.h"

static uint32_t heap_break; // end of the heap; 0 until first asked

static uint32_t
heap_end(void)
{
  if (heap_break == 0) heap_break = boot_page->heap_start;
  return heap_break;
}

// Moves the end of the heap and returns where it was, or (void *)-1. Pages come when they are
// touched.
EXO_API void *
sbrk(int bytes)
{
  uint32_t end = heap_end();

  if (bytes > 0 ? (uint32_t)bytes > HEAP_END - end : (uint32_t)-bytes > end - boot_page->heap_start)
    return (void *)-1;
  heap_break = end + (uint32_t)bytes;
  return (void *)end;
}

// Mends a fault on the heap, the stack or in a region. Returns 0 when the address is in none, or no
// page is left.
EXO_API int
pager_demand(struct upcall_frame *frame)
{
  uint32_t address = frame->value;
  uint32_t stack_top = boot_page->stack_top;
  int on_stack = address < stack_top && address >= stack_top - STACK_BYTES;
  int on_heap = address >= boot_page->heap_start && address < heap_end();
  struct pager_region *region = pager_region_at(address);

  if (region) return region->fault(region, frame);
  if (!on_stack && !on_heap) return 0;
  if (pager_lookup(address) != 0) return 0; // it is there and does not allow this, or it was lost
  if (fault_access(frame) == EXO_RIGHT_EXECUTE) return 0;
  return pager_alloc(PAGE_OF(address), EXO_RIGHT_READ | EXO_RIGHT_WRITE) == 0;
}
