// ICMP (RFC 792): echo requests are answered, replies go to whoever waits, and who sends to a port
// that nobody has is told.
#include "stack.h"

#define ECHO_REPLY   0
#define UNREACHABLE  3
#define ECHO_REQUEST 8
#define CODE_PORT    3

// How much of a packet is quoted in a message about it: its header and the begin of its data, which
// are the ports.
#define QUOTED (IP_BYTES + 8)

struct echo net_echo;

// Replies go to the station that the request came from: it is the sender's or the gateway's, and
// no answer waits for another.
static void
answer(const struct packet *packet, in_addr_t to, unsigned length)
{
  uint8_t *message = frame_out() + IP_DATA;

  put16(message + 2, 0);
  put_sum(message + 2, sum_end(sum_bytes(0, message, length)));
  if (ip_send(packet->frame + NET_ETHER_FROM, to, PROTOCOL_ICMP, length) < 0) net_count.not_sent++;
}

static void
answer_echo(const struct packet *packet)
{
  uint8_t *message = frame_out() + IP_DATA;

  sum_copy(0, message, packet->data, packet->length); // as quick as any copy
  message[0] = ECHO_REPLY;
  net_count.echo_answered++;
  answer(packet, packet->source, packet->length);
}

static void
take_reply(const struct packet *packet)
{
  const uint8_t *data = packet->data;

  if (!net_echo.is_waited_for || net_echo.came != 0 || get16(data + 4) != net_echo.id ||
      get16(data + 6) != net_echo.sequence || packet->length != ICMP_BYTES + net_echo.bytes) {
    net_count.icmp_ignored++;
    return;
  }
  net_count.echo_replies++;
  net_echo.came = steps_now();
}

// A datagram of ours came to a closed port, says its receiver, or somebody who pretends to be: only
// a connected socket hears of it.
static void
take_unreachable(const struct packet *packet)
{
  const uint8_t *quoted = packet->data + ICMP_BYTES, *ports = quoted + IP_BYTES;

  if (packet->length < ICMP_BYTES + QUOTED || packet->data[1] != CODE_PORT || quoted[0] != 0x45 ||
      quoted[IP_PROTOCOL - IP_AT] != PROTOCOL_UDP ||
      get_address(quoted + IP_SOURCE - IP_AT) != net_self.address) {
    net_count.icmp_ignored++;
    return;
  }
  net_count.refused_us++;
  socket_refused(get16(ports), get_address(quoted + IP_TARGET - IP_AT), get16(ports + 2));
}

EXO_API void
icmp_input(const struct packet *packet)
{
  if (packet->length < ICMP_BYTES || sum_end(sum_bytes(0, packet->data, packet->length)) != 0)
    net_count.icmp_malformed++;
  else if (packet->data[0] == ECHO_REQUEST && packet->data[1] == 0)
    answer_echo(packet);
  else if (packet->data[0] == ECHO_REPLY && packet->data[1] == 0)
    take_reply(packet);
  else if (packet->data[0] == UNREACHABLE)
    take_unreachable(packet);
  else
    net_count.icmp_ignored++;
}

// Says that nobody has the port, and quotes the packet.
EXO_API void
icmp_port_unreachable(const struct packet *packet)
{
  uint8_t *message = frame_out() + IP_DATA;

  message[0] = UNREACHABLE;
  message[1] = CODE_PORT;
  memset(message + 4, 0, 4);
  memcpy(message + ICMP_BYTES, packet->frame + IP_AT, QUOTED);
  answer(packet, packet->source, ICMP_BYTES + QUOTED);
}
