// Between the files of the pager.
#ifndef REGION_H
#define REGION_H

#include <pager.h>

#define SECTORS (EXO_PAGE_SIZE / EXO_SECTOR_SIZE)

// Before the region's memory are two pages of the pager's own: the kernel's record that says how
// much memory is free, and where frames are filled with zeros.
#define OWN_PAGES 2

static inline uint32_t
paged_address(const struct paged *region, uint32_t page)
{
  return (uint32_t)region->memory + page * EXO_PAGE_SIZE;
}

// fetch.c
int paged_fault(struct pager_region *region, struct upcall_frame *frame);

// evict.c
int paged_attach(struct paged *region, unsigned frame, uint32_t page);
void paged_detach(struct paged *region, unsigned frame, uint32_t page);
int paged_empty_frame(struct paged *region);
int paged_make_room(struct paged *region);
int paged_write_out(struct paged *region, unsigned frame, uint32_t page);
void paged_hide(struct paged *region, uint32_t page);

// give.c
unsigned paged_region_give(struct pager_region *region, unsigned pages);
void paged_region_lost(struct pager_region *region, int kind,
                       const struct exo_repossession_next *loss);
int paged_begin(struct paged *region);
void paged_end(struct paged *region);
void paged_free_frame(struct paged *region, unsigned frame);

// places.c
unsigned paged_take_place(struct paged *region);
void paged_use_place(struct paged *region, unsigned place);
void paged_free_place(struct paged *region, unsigned place);
unsigned paged_saved_place(struct paged *region, uint32_t saved, int ours);
void paged_give_up_save(struct paged *region);
void paged_renew_save(struct paged *region);
int paged_read_place(struct paged *region, unsigned place, exo_slot to);
int paged_start_write(struct paged *region, unsigned place, exo_slot from);

#endif
