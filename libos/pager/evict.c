// Making room: a frame of the region's that holds nothing, for the page that must come.
#include <disk.h>
#include "region.h"

// Takes a page out of the address space; it stays in its frame.
void
paged_hide(struct paged *region, uint32_t page)
{
  pager_unmap(paged_address(region, page));
  if (region->shown == page) region->shown = PAGED_NONE;
}

// From here on nothing that becomes of the frame concerns the page.
static void
detach(struct paged *region, unsigned i, uint32_t page)
{
  region->page[page].frame = 0;
  region->frame[i].page = PAGED_NONE;
}

// The write failed, and what it wrote is in the frame only; if that was taken meanwhile, nowhere.
static void
attach_again(struct paged *region, unsigned i, uint32_t page)
{
  if (region->frame[i].slot == 0) {
    paged_free_place(region, region->page[page].place);
    region->page[page].place = PAGED_LOST;
    region->counts.lost++;
    return;
  }
  region->frame[i].page = page;
  region->page[page].frame = (uint16_t)(i + 1);
}

// Writes the page in a frame to its place in the extent, and takes it out of the frame. Returns 0
// or an error: then it is where it was.
int
paged_write_out(struct paged *region, unsigned i)
{
  struct paged_frame *frame = &region->frame[i];
  uint32_t page = frame->page;
  struct paged_page *it = &region->page[page];
  unsigned place = it->place;
  int request, error;

  if (place == 0) place = it->place = (uint16_t)paged_take_place(region);
  if (place == 0) return EXO_E_NONE;
  request = paged_start_write(region, place, frame->slot);
  if (request < 0) return request;
  detach(region, i, page);
  if (it->place == PAGED_LOST) { // the frame was taken a moment ago, but the data are on their way
    paged_use_place(region, place);
    it->place = (uint16_t)place;
    region->counts.lost--;
  }
  error = disk_wait(request);
  if (error < 0)
    attach_again(region, i, page);
  else
    region->counts.written++;
  return error;
}

// Empties a frame: a page that was written to goes to the disk, one that was not is simply dropped,
// since it is there, or is all zeros. Returns 0 or an error.
static int
evict(struct paged *region, unsigned i)
{
  const int dirty = 1;
  uint32_t page = region->frame[i].page;
  int bits;

  paged_hide(region, page); // from here on nobody writes to it
  bits = exo_page_bits(0, region->frame[i].slot, 0);
  if (bits < 0) return bits;
  if (bits & dirty) return paged_write_out(region, i);
  detach(region, i, page);
  return 0;
}

// Has the policy choose, and empties what it chose. A page that cannot be written out stays, and
// the policy chooses again. Returns the frame's number or an error.
static int
choose_and_evict(struct paged *region)
{
  int error = EXO_E_NONE;

  for (;;) {
    unsigned i, candidates = 0;

    for (i = 0; i < region->limit; i++) candidates += paged_may_go(region, i);
    if (candidates == 0) return error;
    i = region->victim(region);
    if (i >= region->limit || !paged_may_go(region, i)) return EXO_E_INVAL;
    error = evict(region, i);
    if (region->frame[i].slot == 0) continue; // it was taken meanwhile
    if (error == 0) return (int)i;
    region->frame[i].stays = 1;
  }
}

// A frame that is there and empty, if need be by eviction. Returns its number or an error.
int
paged_make_room(struct paged *region)
{
  int i;

  for (i = 0; i < (int)region->limit; i++)
    if (region->frame[i].slot != 0 && region->frame[i].page == PAGED_NONE) return i;
  i = choose_and_evict(region);
  for (unsigned each = 0; each < region->limit; each++) region->frame[each].stays = 0;
  return i;
}

// How many pages of the machine are free, as the kernel's own record says: no call is needed.
static unsigned
free_pages(const struct paged *region)
{
  return ((const volatile struct exo_state_header *)region->region.start)->free_count;
}

// Adds a page to the region's frames. Returns the frame's number or an error.
static int
add_frame(struct paged *region)
{
  unsigned i = 0;
  int slot = slot_alloc(), physical;

  if (slot < 0) return slot;
  physical = exo_page_alloc(0, EXO_SLOT_MEMORY, EXO_ANY, slot);
  if (physical < 0) {
    slot_free(slot);
    return physical;
  }
  while (region->frame[i].slot != 0) i++;
  region->frame[i] =
      (struct paged_frame){(uint32_t)slot, (uint32_t)physical, PAGED_NONE, 0, 0, 0, 0};
  region->held++;
  return (int)i;
}

// A frame for a page that must come: a new one while the region may have more, or one that is made
// empty. Returns its number or an error.
int
paged_empty_frame(struct paged *region)
{
  int i;

  if (region->allowed < region->limit && free_pages(region) > region->reserve) region->allowed++;
  if (region->held < region->allowed || region->held == 0) {
    i = add_frame(region);
    if (i >= 0 || region->held == 0) return i;
    region->allowed = region->held; // there is no more, so it goes on with what it has
  }
  return paged_make_room(region);
}
