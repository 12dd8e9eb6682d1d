// Taking what has come, and waiting for more.
#include "stack.h"

// So many frames at a time: a storm of them delays whoever waits, but does not stop him.
#define BATCH 16

static int polling;

static void
drain(struct receiver *r, void (*input)(const uint8_t *frame, unsigned length))
{
  const uint8_t *frame;
  unsigned length;

  for (int i = 0; i < BATCH && (frame = receiver_next(r, &length)) != 0; i++) {
    input(frame, length);
    receiver_done(r);
  }
}

// A handler of an upcall may call this too; when it interrupted this very function, that one goes
// on with the work.
EXO_API void
net_poll(void)
{
  if (!net_is_up() || polling) return;
  polling = 1;
  drain(&net_self.arp, arp_input);
  drain(&net_self.ip, ip_input);
  polling = 0;
}

// ---- waiting ----

// A predicate in one page. The kernel looks at it whenever it looks for someone to run.
static _Alignas(64) struct exo_term terms[4];

_Static_assert(sizeof terms <= 64, "the terms do not cross the end of a page");

// Holds when the ring is not empty: when the kernel's word is not ours. A frame that comes before
// we sleep is seen as well as one that comes after, whatever upcalls there are.
static struct exo_term
has_frames(const struct receiver *r)
{
  return (struct exo_term){r->first_slot, EXO_RELATION_NOT_EQUAL << 16 | EXO_OR,
                           *(volatile uint32_t *)&r->net.ring->tail, 0};
}

// Sleeps until a frame is there that net_poll takes or that is `also`'s, or until the deadline (0:
// there is none). May come back earlier: the caller looks again.
EXO_API void
net_wait(struct receiver *also, uint64_t deadline)
{
  unsigned count = 0;

  terms[count++] = has_frames(&net_self.arp);
  terms[count++] = has_frames(&net_self.ip);
  if (also) terms[count++] = has_frames(also);
  if (deadline)
    terms[count++] = (struct exo_term){EXO_ANY, EXO_RELATION_AT_LEAST << 16 | EXO_OR,
                                       (uint32_t)deadline, (uint32_t)(deadline >> 32)};
  // Refused when a page was taken from us: looking again finds out.
  if (slice_sleep_until((exo_slot)pager_slot(terms), (uint32_t)terms % EXO_PAGE_SIZE, count) < 0)
    slice_yield(0);
}
