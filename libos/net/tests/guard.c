// Reads the library anything beyond a frame's last byte? Frames that are right and frames that are
// spoilt lie at the very end of a page behind which there is nothing, so that the first byte too
// many is a page fault. Each frame must be counted once, whatever is wrong with it. Arguments: the
// seed and how many frames.
#include "../stack.h"
#include "../../tests/check.h"

#define END     0x50001000u // the end of the page at 0x50000000
#define ADDRESS "10.0.0.7"
#define PEER    "10.0.0.2"

static uint8_t data[NET_DATAGRAM];

static uint32_t state;

// Marsaglia's xorshift.
static uint32_t
any(void)
{
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}

static unsigned
below(unsigned limit)
{
  return any() % limit;
}

static uint32_t
counted(void)
{
  const uint32_t *count = (const uint32_t *)net_counted();
  const unsigned ours = 2; // the last two count what was sent
  uint32_t sum = 0;

  for (unsigned i = 0; i < sizeof(struct net_counts) / sizeof *count - ours; i++) sum += count[i];
  return sum;
}

// ---- frames that are right, in frame_out(); each returns the length ----

static unsigned
make_arp(void)
{
  uint8_t *frame = frame_out();
  static const uint8_t fixed[] = {0x08, 0x06, 0, 1, 8, 0, 6, 4, 0};

  memset(frame, 0, ETHER_LEAST);
  memcpy(frame + NET_ETHER_TYPE, fixed, sizeof fixed);
  frame[ARP_OP + 1] = (uint8_t)(1 + below(2));
  frame[ARP_SENDER] = 2;
  // Sometimes from whom we ask, sometimes from somebody.
  put_address(frame + ARP_SENDER + 6, inet_addr(PEER) + (below(2) ? below(50) << 24 : 0));
  put_address(frame + ARP_TARGET + 6, net_self.address);
  return ETHER_LEAST;
}

static unsigned
make_udp(void)
{
  unsigned length = below(below(2) ? 20 : NET_DATAGRAM);

  udp_send(net_self.station, 9, net_self.address, 7, data, length);
  if (below(8) == 0) put16(frame_out() + UDP_SUM, 0); // none was computed
  return UDP_DATA + length;
}

static unsigned
make_icmp(void)
{
  uint8_t *message = frame_out() + IP_DATA;
  unsigned kind = below(3), length = 8 + below(100);

  memset(message, 0, length);
  message[0] = kind == 0 ? 0 : kind == 1 ? 8 : 3;
  if (kind == 0) {
    net_echo = (struct echo){1, 1, 2, length - 8, 0};
    put16(message + 4, 1);
    put16(message + 6, 2);
  } else if (kind == 2) {
    message[1] = 3;
    message[8] = 0x45; // what is quoted; it may end in the middle
    message[17] = PROTOCOL_UDP;
    put_address(message + 20, net_self.address);
  }
  put_sum(message + 2, sum_end(sum_bytes(0, message, length)));
  ip_send(net_self.station, net_self.address, PROTOCOL_ICMP, length);
  return IP_DATA + length;
}

// ---- and spoilt ----

static unsigned
spoil(uint8_t *frame, unsigned length)
{
  static const uint16_t telling[] = {0, 1, 7, 8, 19, 20, 0x7f, 0xff, 0x100, 0x1fff, 0x2000, 0xffff};

  for (unsigned times = below(4); times > 0 && length >= 4; times--) {
    switch (below(6)) {
    case 0: frame[below(length)] ^= (uint8_t)(1 << below(8)); break;
    case 1: frame[below(length < 64 ? length : 64)] = (uint8_t)any(); break;
    case 2: put16(frame + 2 * below(length / 2), telling[below(12)]); break;
    case 3: length = 2 + below(length - 1); break;
    case 4: frame[below(2) ? IP_TTL : IP_AT] = (uint8_t)below(0x50); break;
    default:
      if (length < IP_TOTAL + 2) break;
      put16(frame + IP_TOTAL, below(length + 8)); // a length that may be just too large
    }
  }
  return length;
}

// Makes the header's checksum right again, so that what is wrong is looked for behind it.
static void
mend(uint8_t *frame, unsigned length)
{
  if (length < IP_DATA || frame[NET_ETHER_TYPE + 1] != 0) return;
  put16(frame + IP_SUM, 0);
  put_sum(frame + IP_SUM, sum_end(sum_bytes(0, frame + IP_AT, IP_BYTES)));
}

int
main(int argc, char **argv)
{
  unsigned frames = argc > 2 ? (unsigned)atoi(argv[2]) : 1000;
  uint8_t to[NET_DATAGRAM + 16], station[6];

  state = (argc > 1 ? (uint32_t)atoi(argv[1]) : 1) | 1u << 31;
  CHECK(net_up(inet_addr(ADDRESS), 0, 0) == 0);
  CHECK(pager_alloc(END - EXO_PAGE_SIZE, EXO_RIGHT_READ | EXO_RIGHT_WRITE) == 0);
  for (unsigned i = 0; i < sizeof data; i++) data[i] = (uint8_t)any();
  for (unsigned i = 0; i < frames && failures == 0; i++) {
    unsigned kind = below(4), length = kind == 0 ? make_arp() : kind == 1 ? make_icmp() : make_udp();
    uint32_t before;
    uint8_t *frame;

    if (below(100) == 0)
      for (length = 1 + below(100), frame = frame_out(); frame < frame_out() + length; frame++)
        *frame = (uint8_t)any();
    length = spoil(frame_out(), length);
    if (below(4)) mend(frame_out(), length);
    frame = memcpy((uint8_t *)END - length, frame_out(), length);
    if (below(64) == 0) arp_clear();
    if (below(8) == 0) arp_resolve(inet_addr(PEER), 0, station); // somebody to wait for
    before = counted();
    if (kind == 0) {
      arp_input(frame, length);
    } else if (kind == 3) {
      struct datagram datagram;
      unsigned size = below(sizeof to - 15);

      memset(to + size, 0xee, 16);
      if (udp_take(frame, length, to, size, &datagram) == 0) {
        CHECK(datagram.length <= length - UDP_DATA);
        CHECK(memcmp(to, frame + UDP_DATA, datagram.length < size ? datagram.length : size) == 0);
      }
      for (int j = 0; j < 16; j++) CHECK(to[size + (unsigned)j] == 0xee);
    } else {
      ip_input(frame, length);
    }
    if (counted() != before + 1) printf("FAILED: frame %u is counted %u times\n", i, counted() - before);
    failures += counted() != before + 1;
  }
#define PRINT(name, text) printf(#name " %u\n", net_counted()->name);
  NET_COUNTS(PRINT)
  return failures;
}
