// Lottery scheduling [Waldspurger and Weihl 1994]: a winning ticket is drawn at each slice, from a
// sequence that the seed decides.
#include <sched.h>

// Park and Miller's minimal standard generator, 16807 * state mod 2^31 - 1, in Carta's way.
EXO_API uint32_t
sched_random(uint32_t *state)
{
  uint32_t low = 16807 * (*state & 0xffff), high = 16807 * (*state >> 16);

  low += (high & 0x7fff) << 16;
  low += high >> 15;
  if (low > 0x7fffffff) low -= 0x7fffffff;
  *state = low;
  return low;
}

// A number below `bound`, each as likely: what is left over at the end of the range is drawn again.
static uint32_t
draw(uint32_t *state, uint32_t bound)
{
  uint32_t range = 0x7ffffffe / bound * bound, number;

  do
    number = sched_random(state) - 1;
  while (number >= range);
  return number % bound;
}

EXO_API struct sched_client *
sched_lottery(struct sched *sched)
{
  struct sched_client *c;
  uint32_t all = 0, winner;

  for (c = sched->clients; c < sched->clients + sched->count; c++)
    if (!c->passed_over) all += c->tickets;
  if (all == 0) return 0;
  winner = draw(&sched->random, all);
  for (c = sched->clients;; c++) {
    if (c->passed_over) continue;
    if (winner < c->tickets) return c;
    winner -= c->tickets;
  }
}
