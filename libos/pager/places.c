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
    uint32_t bit = 1u << place % 32;

    if (is_used(region, place)) continue;
    // An upcall may come between looking and taking, and set it aside.
    if (!(__atomic_fetch_or(&region->used_places[place / 32], bit, __ATOMIC_RELAXED) & bit))
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

// An environment has one place where the kernel saves: in the extent of this region.
static struct paged *saver;
static int changing; // where that is

// The longest run of free places, as far as it is wanted.
static struct paged_save_run
longest_run(const struct paged *region)
{
  struct paged_save_run best = {0, 0, 0, 0};
  unsigned length = 0;

  for (unsigned place = 0; place < region->places && best.count < region->save_wanted; place++) {
    length = is_used(region, place) ? 0 : length + 1;
    if (length <= best.count) continue;
    best.count = length;
    best.first = place + 1 - length;
  }
  return best;
}

// Nothing is saved there any more: what is not a page's is free again.
static void
free_run(struct paged *region, struct paged_save_run *run)
{
  for (unsigned i = 0; i < run->count; i++)
    if (!(run->kept >> i & 1)) set_used(region, run->first + i, 0);
  run->count = 0;
}

// Has the kernel save in another run, if that has more room than there is left. Until the kernel
// knows of it what is taken is saved in the old one.
static int
change_run(struct paged *region)
{
  struct paged_save_run *old = &region->save[region->save_now];
  struct paged_save_run *next = &region->save[!region->save_now];
  int error;

  *next = longest_run(region);
  if (next->count <= old->count - old->done) {
    next->count = 0;
    return old->count > old->done ? 0 : EXO_E_NONE;
  }
  for (unsigned i = 0; i < next->count; i++) set_used(region, next->first + i, 1);
  error = exo_save_place(region->extent, sector_of(region, next->first + 1), next->count);
  if (error < 0) {
    free_run(region, next);
    return error;
  }
  region->save_now = !region->save_now;
  free_run(region, old);
  return 0;
}

// From here on the kernel saves nothing more in this region's extent.
void
paged_give_up_save(struct paged *region)
{
  if (saver != region) return;
  exo_save_place(region->extent, 0, 0);
  saver = 0;
  free_run(region, &region->save[0]);
  free_run(region, &region->save[1]);
}

EXO_API int
paged_save(struct paged *region, unsigned pages)
{
  int error = 0;

  if (pages > 32) return EXO_E_INVAL;
  changing = 1;
  if (saver) paged_give_up_save(saver);
  region->save_wanted = pages;
  if (pages > 0) error = change_run(region);
  if (pages > 0 && error == 0) saver = region;
  changing = 0;
  return error;
}

// Where what was taken by force is, if the kernel saved it here: 1 + the place, which is the page's
// from now on; or 0. `ours`: it was a page of the region.
unsigned
paged_saved_place(struct paged *region, uint32_t saved, int ours)
{
  unsigned place = (saved - 1) / SECTORS - region->first_place;

  if (saved == 0 || saver != region) return 0;
  for (int k = 0; k < 2; k++) {
    struct paged_save_run *run = &region->save[k];
    unsigned i = place - run->first;

    if (i >= run->count) continue;
    if (run->done <= i) run->done = i + 1;
    if (!ours) return 0;
    run->kept |= 1u << i;
    return 1 + place;
  }
  return 0;
}

// Something may have been saved: looks for more room.
void
paged_renew_save(struct paged *region)
{
  if (saver == region && !changing) change_run(region);
}
