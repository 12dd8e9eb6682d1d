// UDP (RFC 768): ports, a length and a checksum.
#include "stack.h"

static int
drop(uint32_t *count)
{
  ++*count;
  return -1;
}

// Whether the datagram's length is within its packet's; what is behind it is not UDP's.
static int
has_length(const struct packet *packet, unsigned *length)
{
  if (packet->length < UDP_BYTES) return 0;
  *length = get16(packet->frame + UDP_LENGTH);
  return *length >= UDP_BYTES && *length <= packet->length;
}

// The sum of everything but the data, which is taken with it.
static uint32_t
sum_header(const struct packet *packet, unsigned length)
{
  uint32_t sum = sum_pseudo(packet->source, net_self.address, PROTOCOL_UDP, length);

  return sum_bytes(sum, packet->frame + UDP_SOURCE, UDP_BYTES);
}

// Takes a frame's datagram: copies what fits, and checks it on the way. Returns 0, or -1 when it
// was dropped; then what was copied means nothing.
EXO_API int
udp_take(const uint8_t *frame, unsigned length, void *to, unsigned size, struct datagram *datagram)
{
  struct packet packet;
  unsigned bytes, copied;
  uint32_t sum;

  if (ip_check(frame, length, &packet) < 0) return -1;
  if (packet.protocol != PROTOCOL_UDP) return drop(&net_count.not_ours);
  if (!has_length(&packet, &bytes)) return drop(&net_count.udp_length);
  datagram->source = packet.source;
  datagram->port = get16(frame + UDP_SOURCE);
  datagram->length = bytes - UDP_BYTES;
  copied = datagram->length < size ? datagram->length : size;
  if (copied < datagram->length) copied &= ~1u; // the rest begins with a whole half-word
  sum = sum_copy(sum_header(&packet, bytes), to, frame + UDP_DATA, copied);
  sum = sum_bytes(sum, frame + UDP_DATA + copied, datagram->length - copied);
  if (copied < size && copied < datagram->length) ((uint8_t *)to)[copied] = frame[UDP_DATA + copied];
  // Zero says that the sender computed none.
  if (get16(frame + UDP_SUM) != 0 && sum_end(sum) != 0) return drop(&net_count.udp_checksum);
  net_count.udp_taken++;
  return 0;
}

// A datagram to a port that no socket has.
EXO_API void
udp_unwanted(const struct packet *packet)
{
  unsigned length;

  if (!has_length(packet, &length)) {
    net_count.udp_length++;
    return;
  }
  if (get16(packet->frame + UDP_SUM) != 0 &&
      sum_end(sum_bytes(sum_header(packet, length), packet->data + UDP_BYTES, length - UDP_BYTES))) {
    net_count.udp_checksum++;
    return;
  }
  net_count.udp_nobody++;
  icmp_port_unreachable(packet);
}

EXO_API int
udp_send(const uint8_t station[6], unsigned port, in_addr_t to, unsigned to_port, const void *data,
         unsigned length)
{
  uint8_t *frame = frame_out();
  uint32_t sum = sum_pseudo(net_self.address, to, PROTOCOL_UDP, UDP_BYTES + length);
  uint16_t end;

  put16(frame + UDP_SOURCE, port);
  put16(frame + UDP_TARGET, to_port);
  put16(frame + UDP_LENGTH, UDP_BYTES + length);
  put16(frame + UDP_SUM, 0);
  sum = sum_bytes(sum, frame + UDP_SOURCE, UDP_BYTES);
  end = sum_end(sum_copy(sum, frame + UDP_DATA, data, length));
  put_sum(frame + UDP_SUM, end ? end : 0xffff); // zero would say that there is none
  return ip_send(station, to, PROTOCOL_UDP, UDP_BYTES + length);
}
