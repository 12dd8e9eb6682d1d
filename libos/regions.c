// Regions of the address space that somebody else answers for than demand-zero memory: each has
// functions of its own for its faults, for what is taken from it, and for giving pages back.
#include "libos.h"

struct pager_region *pager_regions;

// The region that an address is in, or 0.
EXO_API struct pager_region *
pager_region_at(uint32_t address)
{
  struct pager_region *region = pager_regions;

  while (region && (address < region->start || address >= region->end)) region = region->next;
  return region;
}

EXO_API void
pager_region_add(struct pager_region *region)
{
  region->next = pager_regions;
  pager_regions = region;
}

EXO_API void
pager_region_remove(struct pager_region *region)
{
  struct pager_region **link = &pager_regions;

  while (*link && *link != region) link = &(*link)->next;
  if (*link) *link = region->next;
}

// Tells every region of a capability that is gone, or that there are no more.
EXO_API void
pager_regions_lost(int kind, const struct exo_repossession_next *loss)
{
  for (struct pager_region *region = pager_regions; region; region = region->next)
    if (region->lost) region->lost(region, kind, loss);
}

// Has the regions give pages back, as they choose. Returns how many.
EXO_API unsigned
pager_regions_give(unsigned pages)
{
  unsigned given = 0;

  for (struct pager_region *region = pager_regions; region && given < pages; region = region->next)
    if (region->give) given += region->give(region, pages - given);
  return given;
}
