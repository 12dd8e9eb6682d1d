// A fault in the region: the page is brought if it is not in memory, and bound.
#include <stdio.h>
#include "region.h"

// Says why a fault is not mended.
static int
trouble(struct paged *region, const char *why, int error)
{
  if (error < 0)
    snprintf(region->text, sizeof region->text, "%s (%s)", why, exo_error_name(error));
  else
    snprintf(region->text, sizeof region->text, "%s", why);
  region->region.trouble = region->text;
  return 0;
}

// A frame that held another page is all zeros again. It is bound where the program never looks.
static int
fill_with_zeros(struct paged *region, const struct paged_frame *frame)
{
  uint32_t here = region->region.start + EXO_PAGE_SIZE;
  int error = pager_map(here, frame->physical, frame->slot, EXO_RIGHT_READ | EXO_RIGHT_WRITE);

  if (error < 0) return error;
  for (volatile uint32_t *word = (uint32_t *)here; word < (uint32_t *)(here + EXO_PAGE_SIZE);
       word++)
    *word = 0;
  return pager_unmap(here);
}

// Fills a frame with a page. Returns 0 or an error.
static int
fill(struct paged *region, unsigned i, uint32_t page)
{
  struct paged_frame *frame = &region->frame[i];
  unsigned place = region->page[page].place;
  const int both = 3;
  int error = 0;

  if (place != 0)
    error = paged_read_place(region, place, frame->slot);
  else if (frame->came != 0)
    error = fill_with_zeros(region, frame);
  if (frame->slot == 0) return EXO_E_AGAIN; // it was taken meanwhile
  if (error < 0) return error;
  if (place != 0) region->counts.read++;
  exo_page_bits(0, frame->slot, both); // from now on they say what the program did
  frame->written = 0;
  frame->came = ++region->clock;
  return paged_attach(region, i, page) ? 0 : EXO_E_AGAIN;
}

// Brings a page into memory. Returns whether it is there; if not, the trouble is told.
static int
fetch(struct paged *region, uint32_t page)
{
  int i, error;

  if (region->page[page].place == PAGED_LOST)
    return trouble(region, "the page there was taken by force, and what it held is lost", 0);
  region->counts.faults++;
  do {
    i = paged_empty_frame(region);
    if (i == EXO_E_INVAL) return trouble(region, "the policy chose a frame that cannot go", 0);
    if (i < 0 && region->held == 0)
      return trouble(region, "no page of memory is left for the region", i);
    if (i == EXO_E_NONE)
      return trouble(region, "the extent is full, and so is the memory with what was written", 0);
    if (i < 0) return trouble(region, "no page could be written to the disk", i);
    error = fill(region, (unsigned)i, page);
  } while (error == EXO_E_AGAIN);
  return error == 0 ? 1 : trouble(region, "the disk did not bring the page", error);
}

// Binds a page that is in memory. A page that came by a load is bound without WRITE: its first
// store is a fault of its own, and so the pager knows which pages are as they are on the disk even
// when they are taken and nobody can look any more.
static int
show(struct paged *region, uint32_t page, int store)
{
  unsigned i = region->page[page].frame;
  struct paged_frame *frame = &region->frame[i - 1];
  int error;

  if (i == 0) return EXO_E_AGAIN; // it was taken meanwhile
  frame->used = ++region->clock;
  if (region->every_use) {
    if (region->shown != PAGED_NONE && region->shown != page) paged_hide(region, region->shown);
    region->shown = page;
  }
  error = pager_map(paged_address(region, page), frame->physical, frame->slot,
                    store || frame->written ? EXO_RIGHT_READ | EXO_RIGHT_WRITE : EXO_RIGHT_READ);
  if (region->page[page].frame != i) { // so it was
    pager_change(paged_address(region, page), 0);
    return EXO_E_AGAIN;
  }
  if (error == 0 && store) frame->written = 1;
  return error;
}

// Brings a page and binds it. Returns whether that is done.
static int
mend(struct paged *region, uint32_t page, int store)
{
  unsigned i = region->page[page].frame;
  int error;

  if (i != 0 && store && !region->frame[i - 1].written)
    region->counts.stores++;
  else if (i != 0)
    region->counts.seen++;
  do {
    if (region->page[page].frame == 0 && !fetch(region, page)) return 0;
    error = show(region, page, store);
  } while (error == EXO_E_AGAIN);
  return error == 0 ? 1 : trouble(region, "the page could not be bound", error);
}

// Called for every fault in the region.
int
paged_fault(struct pager_region *header, struct upcall_frame *frame)
{
  struct paged *region = (struct paged *)header;
  uint32_t memory = (uint32_t)region->memory;
  exo_rights access = fault_access(frame);
  int mended;

  if (frame->value < header->start + EXO_PAGE_SIZE) // the kernel's record was evicted
    return access == EXO_RIGHT_READ && exo_bind_state(0, header->start, EXO_SLOT_STATE, 0) == 0;
  if (frame->value < memory) return trouble(region, "the page before the region is the pager's", 0);
  if (access == EXO_RIGHT_EXECUTE) return trouble(region, "there is no code in a paged region", 0);
  if (!paged_begin(region))
    return trouble(region, "an upcall touched the region while a page of it was on its way", 0);
  header->trouble = 0;
  mended = mend(region, (frame->value - memory) / EXO_PAGE_SIZE, access == EXO_RIGHT_WRITE);
  paged_end(region);
  return mended;
}
