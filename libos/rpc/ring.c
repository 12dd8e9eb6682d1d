// Rings of messages in shared memory: one page of each side's, which the other can only read.
//
// Nothing that the other side writes is ever used as an address: from its counters only how many
// messages there are is computed, and that is checked. Its page may be gone at any moment.
#include <rpc.h>

EXO_STEP_THROUGH(ring_call);

EXO_API int
ring_open(struct ring *ring, uint32_t address, exo_env peer)
{
  int error;

  *ring = (struct ring){.mine = (volatile struct ring_page *)address,
                        .theirs = (const volatile struct ring_page *)(address + EXO_PAGE_SIZE),
                        .peer = peer};
  error = pager_alloc(address, EXO_RIGHT_READ | EXO_RIGHT_WRITE);
  if (error < 0) return error;
  error = bulk_offer((const void *)address, peer, EXO_RIGHT_READ);
  if (error >= 0) ring->my_slot = (exo_slot)error;
  return error;
}

EXO_API int
ring_join(struct ring *ring, exo_slot slot)
{
  int error = bulk_accept(ring->peer, slot, (uint32_t)ring->theirs, EXO_RIGHT_READ);

  if (error >= 0) ring->their_slot = PTE_SLOT(pager_lookup((uint32_t)ring->theirs));
  return error;
}

// Two programs that know each other's ids need no third to meet: each writes its slot into a word of
// its record, where everybody can read it and nobody else can write it.
#define MEETING(id, slot) ((id) % EXO_MAX_ENVIRONMENTS << 16 | (slot) | 0x80000000u)

EXO_API int
ring_meet(struct ring *ring, uint32_t address, exo_env peer, uint64_t deadline)
{
  int error = ring_open(ring, address, peer);
  uint32_t said;

  if (error < 0) return error;
  exo_env_set_word(0, RING_MEETING_WORD, MEETING(peer, ring->my_slot));
  for (;;) {
    error = rpc_word(peer, RING_MEETING_WORD, &said);
    if (error < 0) break;
    error = EXO_E_OFFER;
    if ((said & ~0xffffu) == MEETING(boot_page->environment, 0))
      error = ring_join(ring, said & 0xffff);
    if (error != EXO_E_OFFER) break; // an offer of the past, or none yet
    error = EXO_E_AGAIN;
    if (deadline != RPC_NEVER && rpc_clock() >= deadline) break;
    if (slice_yield(peer) < 0) slice_yield(0);
  }
  if (error < 0) ring_close(ring);
  return error;
}

EXO_API void
ring_close(struct ring *ring)
{
  bulk_release((uint32_t)ring->theirs);
  pager_unmap((uint32_t)ring->mine);
  if (exo_page_free(0, ring->my_slot) == 0) slot_free(ring->my_slot);
}

// Reads a counter of the other side's. Returns 0 or EXO_E_DEAD.
static int
read_counter(uint32_t *to, const volatile uint32_t *from)
{
  return careful_copy(to, from, sizeof *to) < 0 ? EXO_E_DEAD : 0;
}

EXO_API int
ring_put(struct ring *ring, const uint32_t words[RING_WORDS])
{
  volatile uint32_t *slot = ring->mine->slots[ring->head % RING_SLOTS];

  if (ring->head - ring->their_tail == RING_SLOTS) { // as far as we have seen
    if (read_counter(&ring->their_tail, &ring->theirs->tail) < 0) return EXO_E_DEAD;
    if (ring->head - ring->their_tail == RING_SLOTS) return EXO_E_BUSY;
    if (ring->head - ring->their_tail > RING_SLOTS) {
      ring->their_tail = ring->head - RING_SLOTS;
      return EXO_E_INVAL;
    }
  }
  for (int i = 0; i < RING_WORDS; i++) slot[i] = words[i];
  ring->mine->head = ++ring->head; // after the message: the other may look at any moment
  return 0;
}

EXO_API int
ring_get(struct ring *ring, uint32_t words[RING_WORDS])
{
  if (ring->tail == ring->their_head) {
    if (read_counter(&ring->their_head, &ring->theirs->head) < 0) return EXO_E_DEAD;
    if (ring->tail == ring->their_head) return EXO_E_AGAIN;
    if (ring->their_head - ring->tail > RING_SLOTS) {
      ring->their_head = ring->tail;
      return EXO_E_INVAL;
    }
  }
  if (careful_copy(words, ring->theirs->slots[ring->tail % RING_SLOTS],
                   RING_WORDS * sizeof *words) < 0)
    return EXO_E_DEAD;
  ring->mine->tail = ++ring->tail;
  return 0;
}

// Sleeps until a counter of the other side's is no longer `seen`, or until the deadline.
static int
wait(struct ring *ring, const volatile uint32_t *counter, uint32_t seen, uint64_t deadline)
{
  // The kernel reads terms from a page: these must not lie on two.
  static struct exo_term terms[2] __attribute__((aligned(32)));
  uint32_t now;
  int here = pager_slot(terms), error;

  if (here < 0) return here;
  for (;;) {
    if (read_counter(&now, counter) < 0) return EXO_E_DEAD;
    if (now != seen) return 0;
    if (deadline != RPC_NEVER && rpc_clock() >= deadline) return EXO_E_AGAIN;
    terms[0] =
        (struct exo_term){ring->their_slot,
                          (uint32_t)counter % EXO_PAGE_SIZE | EXO_RELATION_NOT_EQUAL << 16, seen, 0};
    terms[1] = (struct exo_term){EXO_ANY, EXO_RELATION_AT_LEAST << 16 | EXO_OR, (uint32_t)deadline,
                                 (uint32_t)(deadline >> 32)};
    error = slice_sleep_until((exo_slot)here, (uint32_t)terms % EXO_PAGE_SIZE,
                              deadline == RPC_NEVER ? 1 : 2);
    if (error == EXO_E_CAP) return EXO_E_DEAD;
    if (error < 0) return error;
  }
}

EXO_API int
ring_wait_get(struct ring *ring, uint64_t deadline)
{
  if (ring->tail != ring->their_head) return 0;
  return wait(ring, &ring->theirs->head, ring->tail, deadline);
}

EXO_API int
ring_wait_put(struct ring *ring, uint64_t deadline)
{
  if (ring->head - ring->their_tail < RING_SLOTS) return 0;
  return wait(ring, &ring->theirs->tail, ring->head - RING_SLOTS, deadline);
}

EXO_API int
ring_call(struct ring *ring, uint32_t words[RING_WORDS], uint64_t deadline)
{
  int error;

  while ((error = ring_put(ring, words)) == EXO_E_BUSY) {
    error = ring_wait_put(ring, deadline);
    if (error < 0) return error;
  }
  while (error >= 0 && (error = ring_get(ring, words)) == EXO_E_AGAIN)
    error = ring_wait_get(ring, deadline);
  return error;
}

EXO_API int
ring_wake(struct ring *ring)
{
  return slice_transfer(ring->peer);
}
