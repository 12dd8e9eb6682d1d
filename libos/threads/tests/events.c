// Waiting for a packet and for a predicate over memory: both block one thread.
#include "../../tests/check.h"
#include <net.h>
#include <threads.h>

static volatile int stop;
static volatile uint32_t count;
static struct net net;
static _Alignas(4096) volatile uint32_t words[1024];

static int
computes(void *argument)
{
  (void)argument;
  while (!stop) count++;
  return 0;
}

static int
receives(void *argument)
{
  uint8_t frame[NET_FRAME];

  (void)argument;
  CHECK(net_receive(&net, frame, sizeof frame) == 60);
  return frame[NET_UDP_DATA];
}

// Waits until the first word is 1: the predicate is in the same page.
static int
waits(void *argument)
{
  struct exo_term *term = (struct exo_term *)&words[4];
  int slot = pager_slot((const void *)words);

  (void)argument;
  *term = (struct exo_term){(uint32_t)slot, EXO_RELATION_EQUAL << 16, 1, 0};
  while (words[0] != 1) CHECK(slice_sleep_until((exo_slot)slot, 16, 1) >= 0);
  return 3;
}

static void
send(char what)
{
  uint8_t frame[60] = {[12] = 8, [14] = 0x45, [23] = 17, [37] = 7, [42] = (uint8_t)what};

  CHECK(net_send(frame, sizeof frame) == 0);
}

int
main(void)
{
  struct thread *counter = thread_create("computes", computes, 0);
  struct thread *waiting;
  uint32_t before;

  CHECK(net_open_udp(&net, 7) == 0);
  waiting = thread_create("receives", receives, 0);
  before = count;
  send('a');
  CHECK(thread_join(waiting) == 'a');
  CHECK(count > before);

  waiting = thread_create("waits", waits, 0);
  before = count;
  while (count - before < 10000) thread_yield();
  words[0] = 1;
  CHECK(thread_join(waiting) == 3);

  // Nobody else is ready: the environment sleeps, and is woken for the packet and by the predicate.
  stop = 1;
  thread_join(counter);
  words[0] = 0;
  waiting = thread_create("receives", receives, 0);
  thread_yield();
  send('b');
  CHECK(thread_join(waiting) == 'b');
  waiting = thread_create("waits", waits, 0);
  thread_yield();
  thread_sleep_until(thread_clock() + 40000); // two to wake, by different conditions
  words[0] = 1;
  CHECK(thread_join(waiting) == 3);
  return failures;
}
