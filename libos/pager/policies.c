// The policies. Each looks at the frames and chooses one; nothing else depends on which it is. A
// program that defines a function of the same name has another one, and so has one that passes its
// own to paged_open.
#include <pager.h>

// First in, first out: the page that came first goes, however much it is used.
EXO_API unsigned
paged_fifo(struct paged *region)
{
  unsigned best = PAGED_NONE;

  for (unsigned i = 0; i < region->limit; i++)
    if (paged_may_go(region, i) &&
        (best == PAGED_NONE || region->frame[i].came < region->frame[best].came))
      best = i;
  return best;
}

// Least recently used: the page that was not used for longest is not used soon either. Right for
// most programs, and wrong for one that scans more than fits.
EXO_API unsigned
paged_lru(struct paged *region)
{
  unsigned best = PAGED_NONE;

  for (unsigned i = 0; i < region->limit; i++)
    if (paged_may_go(region, i) &&
        (best == PAGED_NONE || region->frame[i].used < region->frame[best].used))
      best = i;
  return best;
}

// Most recently used: who scans again and again needs what was just used last of all.
EXO_API unsigned
paged_mru(struct paged *region)
{
  unsigned best = PAGED_NONE;

  for (unsigned i = 0; i < region->limit; i++)
    if (paged_may_go(region, i) &&
        (best == PAGED_NONE || region->frame[i].used > region->frame[best].used))
      best = i;
  return best;
}

// The clock, or second chance: a hand goes round over the frames. A page that was used since the
// hand passed it last stays once more. That it was used is a bit that the kernel keeps for free.
EXO_API unsigned
paged_clock(struct paged *region)
{
  const unsigned referenced = 2;

  // After one round all bits are clear: in the second the hand stops.
  for (unsigned steps = 0; steps <= 2 * region->limit; steps++) {
    unsigned here = region->hand;

    region->hand = (here + 1) % region->limit;
    if (!paged_may_go(region, here)) continue;
    if (!(exo_page_bits(0, region->frame[here].slot, referenced) & (int)referenced)) return here;
  }
  return PAGED_NONE;
}
