// Paging by the application: a region of memory that is larger than the pages it is kept in. What
// does not fit is in an extent of the disk. Which page goes when another must come is the program's
// choice: a policy is one function.
#ifndef PAGER_H
#define PAGER_H

#include <libos.h>

#define PAGED_NONE 0xffffffffu

struct paged;

// Chooses the frame whose page goes: the number of one that paged_may_go. It may read all of the
// region, and call what it likes but touch no paged memory.
typedef unsigned paged_policy(struct paged *region);

unsigned paged_fifo(struct paged *region);  // the page that came first
unsigned paged_lru(struct paged *region);   // the page that was not used for longest
unsigned paged_mru(struct paged *region);   // the page that was used last
unsigned paged_clock(struct paged *region); // the next one that was not used since it was passed

// One page of memory that the region has, or could have. What is volatile here changes whenever the
// kernel takes something.
struct paged_frame {
  volatile uint32_t slot; // of its capability; 0: there is none here
  uint32_t physical;      // its name
  volatile uint32_t page; // the page of the region that is in it, or PAGED_NONE
  uint32_t came;          // when it came, by the region's own clock
  uint32_t used;          // when it was last seen to be used
  uint8_t written;        // since it came it was bound for writing: what is on the disk is older
  uint8_t stays;          // could not be written out just now
};

// One page of the region, by where its contents are. Neither: it is all zeros.
struct paged_page {
  volatile uint16_t frame; // 1 + the frame's number, or 0
  volatile uint16_t place; // 1 + where in the extent, in pages, or 0; PAGED_LOST
};
#define PAGED_LOST 0xffff

struct paged_counts {
  unsigned faults;         // a page was needed that was not in memory
  unsigned read;           // of these, brought from the disk; the others were zeros
  unsigned written;        // pages written to the disk
  unsigned seen;           // uses of pages in memory that the pager asked to see
  unsigned stores;         // first stores to pages that came by a load
  unsigned given;          // frames that were given back when asked
  volatile unsigned taken; // frames that were taken by force
  unsigned lost;           // pages whose contents went with one
};

// Places side by side that are set aside for what the kernel takes by force.
struct paged_save_run {
  unsigned first, count;
  unsigned done; // of these, the kernel has saved so many
  uint32_t kept; // in these, a bit each, is a page of the region
};

struct paged {
  struct pager_region region; // first
  void *memory;               // where it begins
  unsigned pages;             // how many it has
  unsigned limit;             // frames that it wants to have
  unsigned allowed;       // frames that it has, or takes as it needs them: fewer, after giving back
  volatile unsigned held; // frames that it has
  unsigned reserve;       // it takes what it gave only while more pages than this are free
  paged_policy *victim;
  int every_use; // the policy goes by uses: only the page used last is bound
  struct paged_counts counts;

  struct paged_page *page;
  struct paged_frame *frame; // `limit` of them
  uint32_t clock;            // counts what is seen
  unsigned hand;             // of paged_clock
  uint32_t shown;            // with every_use: the page that is bound, or PAGED_NONE

  exo_slot extent; // 0: it was taken
  int own_extent;
  unsigned first_place, places;  // of the extent, in pages
  uint32_t *used_places;         // a bit each
  struct paged_save_run save[2]; // where the kernel saves; and, while that is changed, saved before
  int save_now;                  // which of the two
  unsigned save_wanted;          // how many places that should be
  volatile int busy;             // in the middle of a fault: nothing else may begin
  volatile int asked;            // to give pages back, meanwhile
  char text[96];                 // what region.trouble says
};

// Makes a region of so many bytes, all zeros, in at most `frames` pages of memory, with an extent
// that has room for all of it. Frames come as they are needed. Returns 0 or an error.
int paged_open(struct paged *region, uint32_t bytes, unsigned frames, paged_policy *victim);

// The same with an extent that the program has: `pages` pages of it, eight sectors each, from
// `sector` on (a multiple of 8). They may be fewer than the region's, if no more pages are written
// to than fit them and all frames but one.
int paged_open_on(struct paged *region, uint32_t bytes, unsigned frames, paged_policy *victim,
                  exo_slot extent, uint32_t sector, unsigned pages);

// Gives everything back; the contents are gone.
void paged_close(struct paged *region);

// Another policy from now on. Those that go by uses are paged_lru and paged_mru; a policy of one's
// own that does so calls paged_see_uses after this.
void paged_choose(struct paged *region, paged_policy *victim);
void paged_see_uses(struct paged *region, int every);

// Writes everything that is newer than what is on the disk, with a barrier. It stays in memory, and
// can be taken by force without loss. Returns 0 or an error.
int paged_sync(struct paged *region);

// Gives frames back at once: at most so many, and never the last one. Returns how many.
unsigned paged_give(struct paged *region, unsigned frames);

// What the kernel takes of this environment by force is saved in the extent from now on, up to 32
// pages at a time: so what was written to is not lost. Returns 0 or an error.
int paged_save(struct paged *region, unsigned pages);

// Whether a frame's page may go: for policies.
static inline int
paged_may_go(const struct paged *region, unsigned frame)
{
  const struct paged_frame *it = &region->frame[frame];

  return it->slot != 0 && it->page != PAGED_NONE && !it->stays;
}

#endif
