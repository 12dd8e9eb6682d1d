// Which station has an address (RFC 826): a table of few entries, each good for a time.
//
// Anybody on the network may answer for anybody; that is so in ARP. What is guarded against here is
// that others change what we know: the first answer is believed until it is old, a reply that
// nobody waits for is dropped, and who asks us is learned only where there is a free place.
#include "stack.h"

#define ENTRIES   16
#define LIFE      60000000u // steps for which an answer is believed
#define TRIES     5
#define TRY_STEPS 200000u // from one request to the next

#define HARDWARE_ETHERNET 1
#define REQUEST           1
#define REPLY             2

enum state { FREE, ASKED, KNOWN };

static struct entry {
  enum state state;
  in_addr_t address;
  uint8_t station[6];
  uint64_t until; // KNOWN: believed, ASKED: when it is time to ask again
} table[ENTRIES];

static const uint8_t everybody[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

EXO_API void
arp_clear(void)
{
  memset(table, 0, sizeof table);
}

static struct entry *
find(in_addr_t address)
{
  for (struct entry *entry = table; entry < table + ENTRIES; entry++) {
    if (entry->state == FREE || entry->address != address) continue;
    if (entry->state == KNOWN && steps_now() >= entry->until) entry->state = FREE;
    return entry->state == FREE ? 0 : entry;
  }
  return 0;
}

// A place for an address that we ask for: a free one, or that of the oldest answer. Without
// `may_replace` a free one only, or 0.
static struct entry *
place(int may_replace)
{
  struct entry *oldest = table;

  for (struct entry *entry = table; entry < table + ENTRIES; entry++) {
    if (entry->state == FREE || (entry->state == KNOWN && steps_now() >= entry->until))
      return entry;
    if (entry->until < oldest->until) oldest = entry;
  }
  return may_replace ? oldest : 0;
}

static void
learn(struct entry *entry, in_addr_t address, const uint8_t station[6])
{
  entry->state = KNOWN;
  entry->address = address;
  memcpy(entry->station, station, 6);
  entry->until = steps_now() + LIFE;
}

// Makes and sends a message. The target's station is zero in a request: that is the question.
static int
arp_send(unsigned operation, const uint8_t to[6], const uint8_t station[6], in_addr_t address)
{
  uint8_t *frame = frame_out();

  memcpy(frame + NET_ETHER_TO, to, 6);
  memcpy(frame + NET_ETHER_FROM, net_self.station, 6);
  put16(frame + NET_ETHER_TYPE, TYPE_ARP);
  put16(frame + ARP_AT, HARDWARE_ETHERNET);
  put16(frame + ARP_AT + 2, TYPE_IP);
  put16(frame + ARP_AT + 4, 6 << 8 | 4); // lengths of the two addresses
  put16(frame + ARP_OP, operation);
  memcpy(frame + ARP_SENDER, net_self.station, 6);
  put_address(frame + ARP_SENDER + 6, net_self.address);
  memcpy(frame + ARP_TARGET, station, 6);
  put_address(frame + ARP_TARGET + 6, address);
  return frame_send(ETHER_BYTES + ARP_BYTES);
}

static int
ask(struct entry *entry)
{
  static const uint8_t unknown[6];

  entry->until = steps_now() + TRY_STEPS;
  return arp_send(REQUEST, everybody, unknown, entry->address);
}

static int
is_for_ipv4(const uint8_t *frame)
{
  unsigned operation = get16(frame + ARP_OP);

  return get16(frame + ARP_AT) == HARDWARE_ETHERNET && get16(frame + ARP_AT + 2) == TYPE_IP &&
         get16(frame + ARP_AT + 4) == (6 << 8 | 4) && (operation == REQUEST || operation == REPLY);
}

EXO_API void
arp_input(const uint8_t *frame, unsigned length)
{
  const uint8_t *station = frame + ARP_SENDER;
  struct entry *entry;
  in_addr_t sender;

  if (length < ETHER_BYTES + ARP_BYTES) {
    net_count.short_frame++;
    return;
  }
  if (get16(frame + NET_ETHER_TYPE) != TYPE_ARP ||
      get_address(frame + ARP_TARGET + 6) != net_self.address) {
    net_count.not_ours++;
    return;
  }
  sender = get_address(station + 6);
  // A station is one, not a group (the lowest bit of its first octet); 0.0.0.0 looks whether an
  // address is taken (RFC 5227).
  if (!is_for_ipv4(frame) || station[0] & 1 || (sender != 0 && !is_host(sender))) {
    net_count.arp_malformed++;
    return;
  }
  entry = find(sender);
  if (get16(frame + ARP_OP) == REPLY) {
    if (entry == 0 || entry->state == KNOWN) {
      net_count.arp_unasked++;
      return;
    }
    learn(entry, sender, station);
    net_count.arp_learned++;
    return;
  }
  // Who asks for us is about to send, and we are about to answer.
  if (entry == 0 && sender != 0) entry = place(0);
  if (entry && sender != 0 && (entry->state != KNOWN || entry->address != sender))
    learn(entry, sender, station);
  net_count.arp_answered++;
  if (arp_send(REPLY, station, station, sender) < 0) net_count.not_sent++;
}

// Finds the station that has an address: 0, or an error. Waits for the answer, or without
// `may_wait` only asks and returns EXO_E_AGAIN.
EXO_API int
arp_resolve(in_addr_t address, int may_wait, uint8_t station[6])
{
  struct entry *entry = find(address);
  int tries = 0;

  if (address == net_self.address) {
    memcpy(station, net_self.station, 6);
    return 0;
  }
  if (entry == 0) {
    entry = place(1);
    *entry = (struct entry){.state = ASKED, .address = address};
  }
  // Waiting for one address may replace the entry of another, so it is looked up each time.
  while (entry && entry->state == ASKED) {
    if (steps_now() >= entry->until) {
      if (tries++ == TRIES) break;
      ask(entry); // when the queue is full, the next try is as good
    }
    if (!may_wait) return EXO_E_AGAIN;
    net_wait(0, entry->until);
    net_poll();
    entry = find(address);
  }
  if (entry && entry->state == KNOWN) {
    memcpy(station, entry->station, 6);
    return 0;
  }
  if (entry) entry->state = FREE;
  return NET_E_UNREACHABLE;
}
