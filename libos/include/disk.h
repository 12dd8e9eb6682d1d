// The disk: extents, and requests that are waited for or not.
//
// The kernel takes a request and says later that it is done; waiting is ours. A write that is done
// is in the disk's cache, which a power failure empties. Only a barrier says that it is on the
// platter.
#ifndef DISK_H
#define DISK_H

#include "exo.h"

// Allocates sectors of the disk, by the number of the first one or with EXO_ANY. Returns the slot
// of the extent's capability, or an error.
int extent_open(uint32_t first, uint32_t count);
void extent_close(exo_slot extent);

// Move sectors, and come back when that is done: 0 or an error. The memory must begin at a multiple
// of 512. disk_barrier comes back when everything that was written before is on the platter.
int disk_read(exo_slot extent, uint32_t sector, unsigned count, void *to);
int disk_write(exo_slot extent, uint32_t sector, unsigned count, const void *from);
int disk_barrier(exo_slot extent);

// The same without waiting: each returns a request, or an error (EXO_E_BUSY: the disk's queue is
// full, EXO_E_NONE: as many requests are outstanding as there can be). The sectors must lie in one
// page of memory. A write takes its data at once; what a read brings is there when it is done.
int disk_start_read(exo_slot extent, uint32_t sector, unsigned count, void *to);
int disk_start_write(exo_slot extent, uint32_t sector, unsigned count, const void *from);
int disk_start_barrier(exo_slot extent);

// The same for a page that need not be mapped: `page` is the slot of its capability.
int disk_start_read_page(exo_slot extent, uint32_t sector, unsigned count, exo_slot page,
                         unsigned offset);
int disk_start_write_page(exo_slot extent, uint32_t sector, unsigned count, exo_slot page,
                          unsigned offset);

// Whether a request is done, and the wait for it: 0 or its error. Requests may be waited for in any
// order, and each must be once.
int disk_is_done(int request);
int disk_wait(int request);

#endif
