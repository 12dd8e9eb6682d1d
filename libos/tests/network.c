// Do frames of every length come back from the loopback whole and in order, through a ring that
// wraps round many times, and are those that find no room counted?
#include <net.h>
#include "check.h"

// IEEE 802: for experiments on one's own network.
#define TYPE 0x88b5

static uint8_t sent[NET_FRAME], got[NET_FRAME];

static void
fill(uint8_t *frame, unsigned length, unsigned seed)
{
  for (unsigned i = 0; i < length; i++) frame[i] = (uint8_t)(seed * 7 + i);
  frame[NET_ETHER_TYPE] = TYPE >> 8;
  frame[NET_ETHER_TYPE + 1] = TYPE & 0xff;
}

int
main(void)
{
  struct exo_filter_term ours = {NET_ETHER_TYPE, 2, 0xffff, TYPE};
  struct exo_filter_term eleven[11] = {{0}};
  struct exo_network_info info;
  struct net net, other;
  unsigned length, count, full = 0;

  CHECK(net_open(&net, &ours, 0, 0) == EXO_E_INVAL);
  CHECK(net_open(&net, eleven, 11, 0) == EXO_E_INVAL);
  CHECK(net_open(&net, &ours, 1, 0) == 0);
  CHECK(net_open_udp(&other, 7) == 0);
  CHECK(net.ring->size == EXO_PAGE_SIZE - sizeof(struct exo_ring));
  CHECK(net_next(&net, &length) == 0);
  net_done(&net); // of nothing: nothing
  CHECK(net_send(sent, 0) == EXO_E_INVAL && net_send(sent, NET_FRAME + 1) == EXO_E_INVAL);

  for (unsigned i = 0; i < 120; i++) {
    length = 14 + i * 131 % (NET_FRAME - 13);
    fill(sent, length, i);
    CHECK(net_send(sent, length) == 0);
    memset(got, 0, sizeof got);
    CHECK(net_receive(&net, got, sizeof got) == length);
    CHECK(memcmp(sent, got, length) == 0);
  }
  CHECK(net.ring->dropped == 0);

  // Only two of the longest fit; the others are lost, and what is there stays as it was.
  for (unsigned i = 0; i < 5; i++) {
    fill(sent, NET_FRAME, i);
    CHECK(net_send(sent, NET_FRAME) == 0);
  }
  while (exo_network_info(EXO_SLOT_NETWORK, &info) < 125) slice_yield(0);
  full = net.ring->dropped;
  for (count = 0; net_next(&net, &length) != 0; count++) {
    fill(sent, NET_FRAME, count);
    CHECK(length == NET_FRAME && memcmp(net_next(&net, &length), sent, length) == 0);
    net_done(&net);
  }
  CHECK(count == 2 && full == 3);

  // A short buffer takes the begin, and is told the whole length.
  fill(sent, 100, 1);
  CHECK(net_send(sent, 100) == 0);
  memset(got, 0xee, sizeof got);
  CHECK(net_receive(&net, got, 20) == 100);
  CHECK(memcmp(got, sent, 20) == 0 && got[20] == 0xee);

  net_close(&other);
  net_close(&net);
  CHECK(net_send(sent, 100) == 0);
  while (exo_network_info(EXO_SLOT_NETWORK, &info) < 127) slice_yield(0);
  CHECK(info.sent == 127 && info.unmatched == 1);
  return failures;
}
