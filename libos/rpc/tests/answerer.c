// Answers callers.c in each way at once. Arguments: preserve or clear; who saves its registers.
#include "check.h"

#define RINGS 8

static struct ring rings[RINGS];

// Wastes time, so that slices end in here, and stack, so that it faults in here.
static __attribute__((noinline)) uint32_t
slowly(uint32_t value)
{
  volatile uint32_t waste[100];

  for (int i = 0; i < 100; i++) waste[i] = value;
  return waste[99];
}

static struct ring *
ring_for(exo_env client)
{
  for (int i = 0; i < RINGS; i++) {
    if (rings[i].mine && rpc_alive(rings[i].peer)) continue;
    if (rings[i].mine) ring_close(&rings[i]);
    rings[i].mine = 0;
    rings[i].peer = client;
    return &rings[i];
  }
  return 0;
}

static uint32_t
answer(const uint32_t *w)
{
  return slowly(w[0] * 6 + w[1] + w[2] + w[3] + w[4] + w[5]);
}

// Call 0 connects a ring: the client's slot goes one way, ours the other.
static int
serve(exo_env client, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e, uint32_t f)
{
  uint32_t words[] = {a, b, c, d, e, f};
  struct ring *ring;
  int slot;

  if (a != 0) return (int)answer(words);
  ring = ring_for(client);
  if (ring == 0) return EXO_E_NONE;
  slot = ring_open(ring, 0x50000000u + (uint32_t)(ring - rings) * 2 * EXO_PAGE_SIZE, client);
  if (slot >= 0 && ring_join(ring, b) < 0) {
    ring_close(ring);
    ring->mine = 0;
    return EXO_E_OFFER;
  }
  return slot;
}

static void
drain(void)
{
  uint32_t words[RING_WORDS];

  for (int i = 0; i < RINGS; i++) {
    if (rings[i].mine == 0 || rings[i].their_slot == 0) continue;
    for (int n = 0; n < RING_SLOTS && ring_get(&rings[i], words) == 0; n++) {
      words[0] = answer(words);
      ring_put(&rings[i], words); // one who takes none gets no more
    }
  }
}

// A slice may end in here, and then another wake comes: one at a time, and none is forgotten.
void
on_transfer_async(struct upcall_frame *frame)
{
  static int draining, again;

  (void)frame;
  again = 1;
  if (draining) return;
  draining = 1;
  while (again) {
    again = 0;
    drain();
  }
  draining = 0;
}

int
main(int argc, char **argv)
{
  if (argument_is(argc, argv, 2, "libos")) exo_slices_enable();
  rpc_serve_procedure(serve, argument_is(argc, argv, 1, "clear") ? RPC_CLEAR : RPC_PRESERVE);
}
