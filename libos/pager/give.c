// Giving frames back when asked, and going on when they are taken by force.
#include "region.h"

// Between these two the frames are in motion, and no upcall may begin to move them too. Returns 0
// when one has begun already.
int
paged_begin(struct paged *region)
{
  if (region->busy) return 0;
  region->busy = 1;
  return 1;
}

// What was asked meanwhile is answered now.
void
paged_end(struct paged *region)
{
  region->busy = 0;
  while (region->asked) {
    struct exo_revocation_next request;

    region->asked = 0;
    if (exo_revocation_next(&request) == EXO_KIND_PAGE) paged_give(region, request.owed);
  }
}

// Gives a frame back to the kernel; nothing is in it.
void
paged_free_frame(struct paged *region, unsigned i)
{
  exo_slot slot = region->frame[i].slot;

  if (slot == 0) return;
  region->frame[i].slot = 0;
  region->held--;
  if (exo_page_free(0, slot) == 0) slot_free(slot);
}

// Gives frames back: empty ones first, then those whose pages the policy would let go first.
unsigned
paged_region_give(struct pager_region *header, unsigned pages)
{
  struct paged *region = (struct paged *)header;
  unsigned given = 0;

  if (!paged_begin(region)) {
    region->asked = 1;
    return 0;
  }
  while (given < pages && region->held > 1) {
    int i = paged_make_room(region);

    if (i < 0) break;
    paged_free_frame(region, (unsigned)i);
    given++;
  }
  region->allowed = region->held;
  region->counts.given += given;
  paged_end(region);
  return given;
}

EXO_API unsigned
paged_give(struct paged *region, unsigned frames)
{
  return paged_region_give(&region->region, frames);
}

// What becomes of a page whose frame was taken.
static void
lose_page(struct paged *region, const struct paged_frame *frame, uint32_t saved)
{
  struct paged_page *it = &region->page[frame->page];
  unsigned place = paged_saved_place(region, saved, frame->written);

  it->frame = 0;
  if (region->shown == frame->page) region->shown = PAGED_NONE;
  pager_change(paged_address(region, frame->page), 0);
  if (!frame->written) return; // it is on the disk, or all zeros
  paged_free_place(region, it->place);
  it->place = place ? (uint16_t)place : PAGED_LOST;
  if (!place) region->counts.lost++;
}

// Something was taken by force. May come in the middle of a fault: who waits looks again whether
// its frame is still there.
void
paged_region_lost(struct pager_region *header, int kind, const struct exo_repossession_next *loss)
{
  struct paged *region = (struct paged *)header;

  if (kind == EXO_KIND_EXTENT && loss->slot == region->extent) region->extent = 0;
  if (kind == EXO_KIND_EMPTY) paged_renew_save(region);
  if (kind != EXO_KIND_PAGE) return;
  for (unsigned i = 0; i < region->limit; i++) {
    struct paged_frame *frame = &region->frame[i];

    if (frame->slot != loss->slot) continue;
    frame->slot = 0;
    if (frame->page != PAGED_NONE) lose_page(region, frame, loss->saved);
    frame->page = PAGED_NONE;
    region->held--;
    if (region->allowed > region->held) region->allowed = region->held;
    region->counts.taken++;
    break;
  }
  paged_saved_place(region, loss->saved, 0); // also when it was no page of ours
}
