// Regions: opening and closing them, and choosing how they are kept.
#include <disk.h>
#include <stdlib.h>
#include <string.h>
#include "region.h"

#define LOWEST 0x60100000u // shares no entry of the software TLB with a small program

#define SPARE 8 // places in the extent besides one for each page: for paged_save

// Where so many bytes of the address space are in no region.
static uint32_t
find_addresses(uint32_t bytes)
{
  uint32_t at = LOWEST;

  for (struct pager_region *each = pager_regions; each;) {
    if (at < each->end && each->start < at + bytes) {
      at = each->end;
      each = pager_regions; // it may be in one that was passed now
    } else {
      each = each->next;
    }
  }
  return at;
}

static void
free_tables(struct paged *region)
{
  free(region->page);
  free(region->frame);
  free(region->used_places);
}

// Memory for the tables: after this a fault allocates nothing but frames. Returns 0 when there is
// none.
static int
make_tables(struct paged *region)
{
  region->page = calloc(region->pages, sizeof *region->page);
  region->frame = calloc(region->limit, sizeof *region->frame);
  region->used_places = calloc(region->places / 32 + 1, sizeof *region->used_places);
  if (region->page && region->frame && region->used_places) return 1;
  free_tables(region);
  return 0;
}

EXO_API int
paged_open_on(struct paged *region, uint32_t bytes, unsigned frames, paged_policy *victim,
              exo_slot extent, uint32_t sector, unsigned pages)
{
  uint32_t start;
  int error;

  memset(region, 0, sizeof *region);
  region->pages = bytes / EXO_PAGE_SIZE + (bytes % EXO_PAGE_SIZE != 0);
  region->limit = region->allowed = frames < region->pages ? frames : region->pages;
  region->extent = extent;
  region->first_place = sector / SECTORS;
  region->places = pages;
  region->reserve = 8;
  if (region->limit == 0 || region->limit > EXO_MAX_SLOTS || sector % SECTORS != 0 ||
      pages >= PAGED_LOST - 1 || bytes > PAGER_WINDOW - LOWEST)
    return EXO_E_INVAL;
  bytes = (region->pages + OWN_PAGES) * EXO_PAGE_SIZE;
  start = find_addresses(bytes);
  if (bytes > PAGER_WINDOW - start || !make_tables(region)) return EXO_E_NONE;
  region->memory = (void *)(start + OWN_PAGES * EXO_PAGE_SIZE);
  region->region = (struct pager_region){.start = start,
                                         .end = start + bytes,
                                         .fault = paged_fault,
                                         .lost = paged_region_lost,
                                         .give = paged_region_give};
  paged_choose(region, victim);
  error = exo_bind_state(0, start, EXO_SLOT_STATE, 0);
  if (error < 0) {
    free_tables(region);
    return error;
  }
  pager_region_add(&region->region);
  exo_env_set_entry(0, EXO_ENTRY_REVOCATION, (uintptr_t)upcall_entry); // we want to be asked
  return 0;
}

EXO_API int
paged_open(struct paged *region, uint32_t bytes, unsigned frames, paged_policy *victim)
{
  unsigned pages = bytes / EXO_PAGE_SIZE + (bytes % EXO_PAGE_SIZE != 0);
  int extent, error;

  if (pages == 0 || pages + SPARE >= PAGED_LOST - 1) return EXO_E_INVAL;
  extent = extent_open(EXO_ANY, (pages + SPARE) * SECTORS);
  if (extent < 0) return extent;
  error = paged_open_on(region, bytes, frames, victim, extent, 0, pages + SPARE);
  if (error < 0)
    extent_close(extent);
  else
    region->own_extent = 1;
  return error;
}

EXO_API void
paged_close(struct paged *region)
{
  paged_begin(region);
  paged_give_up_save(region);
  for (unsigned i = 0; i < region->limit; i++) {
    if (region->frame[i].slot && region->frame[i].page != PAGED_NONE)
      paged_hide(region, region->frame[i].page);
    paged_free_frame(region, i);
  }
  exo_unbind(0, region->region.start);
  pager_region_remove(&region->region);
  if (region->own_extent && region->extent) extent_close(region->extent);
  free_tables(region);
}

EXO_API void
paged_choose(struct paged *region, paged_policy *victim)
{
  region->victim = victim;
  paged_see_uses(region, victim == paged_lru || victim == paged_mru);
}

// With `every`, only the page used last is bound. So each change from one page to another is a
// fault that the pager sees, and the order of uses is exact; uses in a row of one page change
// nothing in it.
EXO_API void
paged_see_uses(struct paged *region, int every)
{
  if (every && !region->every_use)
    for (unsigned i = 0; i < region->limit; i++)
      if (region->frame[i].slot && region->frame[i].page != PAGED_NONE)
        paged_hide(region, region->frame[i].page);
  region->every_use = every;
  region->shown = PAGED_NONE;
}

EXO_API int
paged_sync(struct paged *region)
{
  int error = 0;

  if (!paged_begin(region)) return EXO_E_BUSY;
  for (unsigned i = 0; i < region->limit && error == 0; i++) {
    struct paged_frame *frame = &region->frame[i];
    uint32_t page = frame->page;

    if (frame->slot == 0 || page == PAGED_NONE || !frame->written) continue;
    paged_hide(region, page);
    error = paged_write_out(region, i, page);
    if (error < 0 || frame->slot == 0) continue;
    // It stays in memory, and is as it is on the disk.
    exo_page_bits(0, frame->slot, 1);
    frame->written = 0;
    paged_attach(region, i, page);
  }
  paged_end(region);
  return error < 0 ? error : region->extent ? disk_barrier(region->extent) : EXO_E_CAP;
}
