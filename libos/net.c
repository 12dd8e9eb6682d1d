// Receiving from a ring and sending. The ring's head is the kernel's, its tail is ours: between the
// two lie frames that have come and were not taken.
#include <net.h>
#include <stdlib.h>
#include <string.h>
#include "libos.h"

// Half a page of memory that does not lie across two: for terms, and for frames on their way out.
static _Alignas(EXO_PAGE_SIZE / 2) uint8_t scratch[EXO_PAGE_SIZE / 2];

_Static_assert(sizeof scratch >= NET_FRAME, "a frame fits");
_Static_assert(sizeof scratch >= EXO_MAX_FILTER_TERMS * sizeof(struct exo_filter_term), "terms fit");

EXO_API int
net_open(struct net *net, const struct exo_filter_term *terms, unsigned count, exo_slot over)
{
  unsigned copied = count < EXO_MAX_FILTER_TERMS ? count : EXO_MAX_FILTER_TERMS;
  int slot = slot_alloc();
  int error;

  if (slot < 0) return slot;
  memcpy(scratch, terms, copied * sizeof *terms); // of too many, the kernel looks at none
  error = exo_filter_insert(0, EXO_SLOT_NETWORK, pager_slot(scratch),
                            (uint32_t)scratch % EXO_PAGE_SIZE, count, over, slot);
  if (error < 0) {
    slot_free(slot);
    return error;
  }
  net->slot = slot;
  net->number = error;
  net->memory = malloc(2 * EXO_PAGE_SIZE);
  if (net->memory == 0) {
    net_close(net);
    return EXO_E_NONE;
  }
  net->ring = (struct exo_ring *)PAGE_OF((uint32_t)net->memory + EXO_PAGE_SIZE - 1);
  error = exo_ring_set(slot, pager_slot(net->ring), 1);
  if (error < 0) net_close(net);
  return error < 0 ? error : 0;
}

EXO_API int
net_open_udp(struct net *net, unsigned port)
{
  struct exo_filter_term terms[] = {
    {NET_ETHER_TYPE, 2, 0xffff, 0x0800}, // IPv4
    {NET_IP, 1, 0xff, 0x45},             // version 4, a header of 20 bytes
    {NET_IP + 6, 2, 0x1fff, 0},          // the first fragment, or the only one
    {NET_IP + 9, 1, 0xff, 17},           // UDP
    {NET_UDP_TO, 2, 0xffff, port},
  };

  return net_open(net, terms, sizeof terms / sizeof *terms, 0);
}

EXO_API void
net_close(struct net *net)
{
  if (exo_filter_remove(0, net->slot) == 0) slot_free(net->slot);
  free(net->memory);
  net->memory = 0;
}

// The kernel writes the head whenever a frame comes.
static uint32_t
head_of(const struct net *net)
{
  return *(volatile uint32_t *)&net->ring->head;
}

// What is at the tail; the ring is not empty.
static struct exo_ring_frame *
at_tail(struct net *net)
{
  uint8_t *frames = (uint8_t *)(net->ring + 1);
  struct exo_ring_frame *frame = (struct exo_ring_frame *)(frames + net->ring->tail);

  if (frame->length != 0) return frame;
  net->ring->tail = 0; // the rest of the ring was too small
  return (struct exo_ring_frame *)frames;
}

EXO_API const uint8_t *
net_next(struct net *net, unsigned *length)
{
  struct exo_ring_frame *frame;

  if (head_of(net) == net->ring->tail) return 0;
  frame = at_tail(net);
  *length = frame->length;
  return (const uint8_t *)(frame + 1);
}

EXO_API void
net_done(struct net *net)
{
  uint32_t tail;

  if (head_of(net) == net->ring->tail) return;
  tail = (sizeof(struct exo_ring_frame) + at_tail(net)->length + 7) & ~7u;
  tail += net->ring->tail;
  *(volatile uint32_t *)&net->ring->tail = tail == net->ring->size ? 0 : tail;
}

EXO_API unsigned
net_receive(struct net *net, void *to, unsigned size)
{
  const uint8_t *frame;
  unsigned length;

  // A frame that comes between the look and the sleep ends the sleep at once.
  while ((frame = net_next(net, &length)) == 0) slice_sleep();
  memcpy(to, frame, length < size ? length : size);
  net_done(net);
  return length;
}

EXO_API int
net_send(const void *frame, unsigned length)
{
  int error;

  if (length > sizeof scratch) return EXO_E_INVAL;
  memcpy(scratch, frame, length);
  while ((error = exo_network_send(EXO_SLOT_NETWORK, pager_slot(scratch),
                                   (uint32_t)scratch % EXO_PAGE_SIZE, length)) == EXO_E_BUSY)
    slice_yield(0);
  return error;
}
