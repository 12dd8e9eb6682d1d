// Filters with their rings, and the way out.
//
// A ring lies in pages of the program's own data. The kernel is shown capabilities that are derived
// from theirs, since those of a ring must lie in slots side by side, which those of a program's
// data need not.
#include "stack.h"

// Where terms are written down for the kernel, and frames made: each within one page.
static _Alignas(128) struct exo_filter_term terms_out[EXO_MAX_FILTER_TERMS];
static _Alignas(EXO_PAGE_SIZE / 2) uint8_t out[EXO_PAGE_SIZE / 2];

_Static_assert(sizeof terms_out <= 128, "the terms do not cross the end of a page");
_Static_assert(sizeof out >= 2 + NET_FRAME, "a frame fits");

// Empty slots side by side: the first of them, or an error. Those on the way that were not in line
// are given back.
static int
slots_in_line(unsigned count)
{
  uint16_t taken[64];
  unsigned n = 0, run = 0;
  int first = EXO_E_NONE;

  while (n < sizeof taken / sizeof *taken && run < count) {
    int slot = slot_alloc();

    if (slot < 0) break;
    run = n > 0 && (unsigned)slot == taken[n - 1] + 1u ? run + 1 : 1;
    taken[n++] = (uint16_t)slot;
  }
  if (run == count) first = taken[n -= count];
  while (n > 0) slot_free(taken[--n]);
  return first;
}

static void
forget_pages(struct receiver *r)
{
  for (unsigned i = 0; i < r->page_count; i++) {
    exo_cap_delete(0, r->first_slot + i); // one that was never made, or is gone: refused
    slot_free(r->first_slot + i);
  }
}

// Makes a ring of the pages. They are written to first: a page that is shared until then, as after
// a fork that copies on write, is not the one that we are going to read.
static int
give_ring(struct receiver *r)
{
  int first = slots_in_line(r->page_count), error = 0;

  if (first < 0) return first;
  r->first_slot = (exo_slot)first;
  for (unsigned i = 0; i < r->page_count && error >= 0; i++) {
    uint8_t *page = r->memory + i * EXO_PAGE_SIZE;
    int slot;

    *(volatile uint8_t *)page = 0;
    slot = pager_slot(page);
    if (i == 0) r->origin = slot;
    error = slot < 0 ? slot
                     : exo_cap_derive(0, (exo_slot)slot, 0, r->first_slot + i,
                                      EXO_RIGHT_READ | EXO_RIGHT_WRITE);
  }
  if (error >= 0) error = exo_ring_set(r->net.slot, r->first_slot, r->page_count);
  if (error >= 0) return 0;
  forget_pages(r);
  return error;
}

EXO_API int
receiver_open(struct receiver *r, const struct exo_filter_term *terms, unsigned count,
              uint8_t *memory, unsigned pages)
{
  int slot = slot_alloc(), number, error;

  if (slot < 0) return slot;
  memcpy(terms_out, terms, count * sizeof *terms);
  number = exo_filter_insert(0, EXO_SLOT_NETWORK, pager_slot(terms_out),
                             (uint32_t)terms_out % EXO_PAGE_SIZE, count, 0, (exo_slot)slot);
  if (number < 0) {
    slot_free(slot);
    return number;
  }
  r->net = (struct net){.slot = (exo_slot)slot, .number = number, .ring = (struct exo_ring *)memory};
  r->memory = memory;
  r->page_count = pages;
  error = give_ring(r);
  if (error < 0) {
    exo_filter_remove(0, r->net.slot);
    slot_free(r->net.slot);
    return error;
  }
  r->is_open = 1;
  return 0;
}

EXO_API void
receiver_close(struct receiver *r)
{
  if (!r->is_open) return;
  r->is_open = 0;
  if (exo_filter_remove(0, r->net.slot) == 0) slot_free(r->net.slot);
  forget_pages(r);
}

// The oldest frame, where it lies, or 0. It stays until receiver_done.
//
// When our memory is another page than the one that the kernel was shown (somebody copied it on a
// write), what the kernel puts there we never see: it is shown the new one.
EXO_API const uint8_t *
receiver_next(struct receiver *r, unsigned *length)
{
  const uint8_t *frame = net_next(&r->net, length);

  if (frame == 0 && pager_slot(r->memory) != r->origin) {
    forget_pages(r);
    if (give_ring(r) < 0) r->origin = EXO_E_NONE; // tried again at the next look
  }
  return frame;
}

EXO_API void
receiver_done(struct receiver *r)
{
  net_done(&r->net);
}

EXO_API uint8_t *
frame_out(void)
{
  return out + 2;
}

// Sends what was made there: 0, or an error. EXO_E_BUSY: the interface's queue is full.
EXO_API int
frame_send(unsigned length)
{
  int error;

  if (length < ETHER_LEAST) {
    memset(frame_out() + length, 0, ETHER_LEAST - length);
    length = ETHER_LEAST;
  }
  error = exo_network_send(EXO_SLOT_NETWORK, pager_slot(out),
                           (uint32_t)frame_out() % EXO_PAGE_SIZE, length);
  if (error == 0) net_count.sent++;
  return error;
}
