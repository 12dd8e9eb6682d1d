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

// Says that a page is in a frame. Returns 0 when the frame was taken before that was said: then it
// is not. What is taken after it is give.c's affair.
int
paged_attach(struct paged *region, unsigned i, uint32_t page)
{
  region->frame[i].page = page;
  region->page[page].frame = (uint16_t)(i + 1);
  if (region->frame[i].slot != 0 || region->page[page].frame == 0) return 1;
  paged_detach(region, i, page);
  return 0;
}

// From here on nothing that becomes of the frame concerns the page.
void
paged_detach(struct paged *region, unsigned i, uint32_t page)
{
  region->page[page].frame = 0;
  region->frame[i].page = PAGED_NONE;
}

// The write failed, and what it wrote is in the frame only; if that was taken meanwhile, nowhere.
static void
attach_again(struct paged *region, unsigned i, uint32_t page)
{
  if (paged_attach(region, i, page)) return;
  paged_free_place(region, region->page[page].place);
  region->page[page].place = PAGED_LOST;
  region->counts.lost++;
}

// Writes the page that is in a frame to its place in the extent, and takes it out of the frame.
// Returns 0 or an error: then it is where it was.
int
paged_write_out(struct paged *region, unsigned i, uint32_t page)
{
  struct paged_page *it = &region->page[page];
  unsigned had = it->place, place = had ? had : paged_take_place(region);
  int request, error;

  if (place == 0) return EXO_E_NONE;
  request = paged_start_write(region, place, region->frame[i].slot);
  if (request < 0) {
    if (!had) paged_free_place(region, place);
    return request;
  }
  paged_detach(region, i, page);
  if (it->place != had) { // the frame was taken a moment ago, but the data are on their way
    if (it->place == PAGED_LOST) region->counts.lost--;
    paged_free_place(region, it->place);
    if (had) paged_use_place(region, had);
  }
  it->place = (uint16_t)place;
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

  if (page == PAGED_NONE) return EXO_E_AGAIN;
  paged_hide(region, page); // from here on nobody writes to it
  bits = exo_page_bits(0, region->frame[i].slot, 0);
  if (bits < 0) return bits;
  if (bits & dirty) return paged_write_out(region, i, page);
  paged_detach(region, i, page);
  return 0;
}

// Has the policy choose, and empties what it chose. A page that cannot be written out stays, and
// the policy chooses again. Returns the frame's number or an error.
static int
choose_and_evict(struct paged *region)
{
  int error = EXO_E_NONE;

  for (;;) {
    unsigned i, candidates = 0, taken = region->counts.taken;

    for (i = 0; i < region->limit; i++) candidates += paged_may_go(region, i);
    if (candidates == 0) return error;
    i = region->victim(region);
    if (i >= region->limit || !paged_may_go(region, i)) {
      if (region->counts.taken != taken) continue; // what it saw is not so any more
      return EXO_E_INVAL;
    }
    error = evict(region, i);
    if (region->frame[i].slot == 0) continue;
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
  do {
    if (region->held < region->allowed || region->held == 0) {
      i = add_frame(region);
      if (i >= 0 || region->held == 0) return i;
      region->allowed = region->held; // there is no more, so it goes on with what it has
    }
    i = paged_make_room(region);
  } while (i < 0 && region->held == 0); // the last one was taken meanwhile
  return i;
}
