// IPv4 without options and without fragments (RFC 791): what comes is checked, what goes gets a
// header.
#include "stack.h"

#define VERSION_AND_LENGTH 0x45 // version 4, a header of five words
#define DONT_FRAGMENT      0x4000
#define TTL                64

// Whether one host can have the address: neither 0.x, 127.x (which never leaves a host) nor a group
// (224 and above, the broadcast among them).
EXO_API int
is_host(in_addr_t address)
{
  unsigned first = address & 0xff; // the first octet of network byte order

  return first != 0 && first != 127 && first < 224;
}

// Counts a packet that is dropped. `count` is one of net_count's.
static int
drop(uint32_t *count)
{
  ++*count;
  return -1;
}

// Whether a frame is a packet to us: 0, or it was counted. Nothing behind `length` is looked at.
EXO_API int
ip_check(const uint8_t *frame, unsigned length, struct packet *packet)
{
  const uint8_t *header = frame + IP_AT;
  unsigned total;

  if (length < ETHER_BYTES + IP_BYTES) return drop(&net_count.short_frame);
  // What was sent to all stations, or overheard, is answered by nobody (RFC 1122, 3.2.2).
  if (get16(frame + NET_ETHER_TYPE) != TYPE_IP ||
      memcmp(frame + NET_ETHER_TO, net_self.station, sizeof net_self.station) != 0 ||
      get_address(frame + IP_TARGET) != net_self.address)
    return drop(&net_count.not_ours);
  if (header[0] >> 4 != 4 || (header[0] & 15) < IP_BYTES / 4) return drop(&net_count.ip_version);
  if (header[0] != VERSION_AND_LENGTH) return drop(&net_count.ip_options);
  if (sum_end(sum_bytes(0, header, IP_BYTES)) != 0) return drop(&net_count.ip_checksum);
  // A frame may be longer than its packet: it was filled up.
  total = get16(frame + IP_TOTAL);
  if (total < IP_BYTES || total > length - ETHER_BYTES) return drop(&net_count.ip_length);
  if (get16(frame + IP_FRAGMENT) & ~DONT_FRAGMENT) return drop(&net_count.ip_fragment);
  if (frame[IP_TTL] == 0) return drop(&net_count.ip_ttl);
  packet->source = get_address(frame + IP_SOURCE);
  if (!is_host(packet->source)) return drop(&net_count.ip_source);
  packet->frame = frame;
  packet->data = frame + IP_DATA;
  packet->length = total - IP_BYTES;
  packet->protocol = frame[IP_PROTOCOL];
  return 0;
}

// What no socket's filter took.
EXO_API void
ip_input(const uint8_t *frame, unsigned length)
{
  struct packet packet;

  if (ip_check(frame, length, &packet) < 0) return;
  if (packet.protocol == PROTOCOL_ICMP)
    icmp_input(&packet);
  else if (packet.protocol == PROTOCOL_UDP)
    udp_unwanted(&packet);
  else
    net_count.ip_protocol++;
}

// The station to which a packet for an address is sent: its own, or the gateway's. 0, or an error.
EXO_API int
ip_route(in_addr_t to, int may_wait, uint8_t station[6])
{
  if (!is_host(to)) return NET_E_ADDRESS;
  if ((to & net_self.mask) != (net_self.address & net_self.mask)) {
    if (net_self.gateway == 0) return NET_E_ROUTE;
    to = net_self.gateway;
  }
  return arp_resolve(to, may_wait, station);
}

// Sends the `length` bytes that are behind where the header goes in frame_out(): 0, or an error.
EXO_API int
ip_send(const uint8_t station[6], in_addr_t to, unsigned protocol, unsigned length)
{
  static unsigned id;
  uint8_t *frame = frame_out();

  memcpy(frame + NET_ETHER_TO, station, 6);
  memcpy(frame + NET_ETHER_FROM, net_self.station, 6);
  put16(frame + NET_ETHER_TYPE, TYPE_IP);
  put16(frame + IP_AT, VERSION_AND_LENGTH << 8);
  put16(frame + IP_TOTAL, IP_BYTES + length);
  put16(frame + IP_ID, id++);
  put16(frame + IP_FRAGMENT, DONT_FRAGMENT);
  frame[IP_TTL] = TTL;
  frame[IP_PROTOCOL] = (uint8_t)protocol;
  put16(frame + IP_SUM, 0);
  put_address(frame + IP_SOURCE, net_self.address);
  put_address(frame + IP_TARGET, to);
  put_sum(frame + IP_SUM, sum_end(sum_bytes(0, frame + IP_AT, IP_BYTES)));
  return frame_send(IP_DATA + length);
}
