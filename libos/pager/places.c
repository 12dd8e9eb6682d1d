// Places in the extent, a page each: which are in use, moving pages to and from them, and those
// that are set aside for what the kernel takes by force.
#include <disk.h>
#include "region.h"

static int
is_used(const struct paged *region, unsigned place)
{
  return region->used_places[place / 32] >> place % 32 & 1;
}

// Changes one bit: an upcall may change its neighbours meanwhile.
static void
set_used(struct paged *region, unsigned place, int used)
{
  uint32_t *word = &region->used_places[place / 32], bit = 1u << place % 32;

  if (used)
    __atomic_fetch_or(word, bit, __ATOMIC_RELAXED);
  else
    __atomic_fetch_and(word, ~bit, __ATOMIC_RELAXED);
}

// Takes a free place. Returns 1 + its number, or 0 when the extent is full.
unsigned
paged_take_place(struct paged *region)
{
  for (unsigned place = 0; place < region->places; place++) {
    if (is_used(region, place)) continue;
    set_used(region, place, 1);
    return 1 + place;
  }
  return 0;
}

void
paged_use_place(struct paged *region, unsigned place)
{
  set_used(region, place - 1, 1);
}

void
paged_free_place(struct paged *region, unsigned place)
{
  if (place != 0 && place != PAGED_LOST) set_used(region, place - 1, 0);
}

static uint32_t
sector_of(const struct paged *region, unsigned place)
{
  return (region->first_place + place - 1) * SECTORS;
}

// Brings what is at a place into a page, which is mapped nowhere. Returns 0 or an error.
int
paged_read_place(struct paged *region, unsigned place, exo_slot to)
{
  int request;

  if (region->extent == 0) return EXO_E_CAP;
  while ((request = disk_start_read_page(region->extent, sector_of(region, place), SECTORS, to,
                                         0)) == EXO_E_BUSY)
    slice_yield(0);
  return request < 0 ? request : disk_wait(request);
}

// Writes a page to a place: its contents are taken at once. Returns the request to wait for, or an
// error.
int
paged_start_write(struct paged *region, unsigned place, exo_slot from)
{
  int request;

  if (region->extent == 0) return EXO_E_CAP;
  while ((request = disk_start_write_page(region->extent, sector_of(region, place), SECTORS, from,
                                          0)) == EXO_E_BUSY)
    slice_yield(0);
  return request;
}

// The first of so many free places side by side, or PAGED_NONE.
static unsigned
find_run(const struct paged *region, unsigned count)
{
  unsigned run = 0;

  for (unsigned place = 0; place < region->places; place++) {
    run = is_used(region, place) ? 0 : run + 1;
    if (run == count) return place + 1 - count;
  }
  return PAGED_NONE;
}

// An environment has one place where the kernel saves: the region in whose extent it is.
static struct paged *saver;

// From here on the kernel saves nothing more in this region's extent.
void
paged_give_up_save(struct paged *region)
{
  if (saver != region) return;
  exo_save_place(region->extent, 0, 0);
  saver = 0;
  for (unsigned i = 0; i < region->save; i++)
    if (!(region->save_used >> i & 1)) set_used(region, region->save_first + i, 0);
  region->save_used = 0;
}

// Where what was taken by force is, if the kernel saved it here: 1 + the place, which is the page's
// from now on, or 0.
unsigned
paged_saved_place(struct paged *region, uint32_t saved)
{
  unsigned place = (saved - 1) / SECTORS - region->first_place, i = place - region->save_first;

  if (saved == 0 || saver != region || i >= region->save) return 0;
  region->save_used |= 1u << i;
  return 1 + place;
}

static int
set_aside(struct paged *region, unsigned pages)
{
  unsigned first;
  int error;

  paged_give_up_save(region);
  if (pages == 0) return 0;
  if (pages > 32) return EXO_E_INVAL;
  first = find_run(region, pages);
  if (first == PAGED_NONE) return EXO_E_NONE;
  error = exo_save_place(region->extent, sector_of(region, first + 1), pages);
  if (error < 0) return error;
  region->save = pages;
  region->save_first = first;
  for (unsigned i = 0; i < pages; i++) set_used(region, first + i, 1);
  saver = region;
  return 0;
}

EXO_API int
paged_save(struct paged *region, unsigned pages)
{
  int error = EXO_E_BUSY;

  if (!paged_begin(region)) return error;
  error = set_aside(region, pages);
  paged_end(region);
  return error;
}

// Some of the places that were set aside are used up: sets as many aside again, if there are so
// many.
void
paged_renew_save(struct paged *region)
{
  if (saver != region || region->save_used == 0) return;
  for (unsigned pages = region->save; pages > 0; pages--)
    if (set_aside(region, pages) == 0) return;
}
