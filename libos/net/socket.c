// Sockets: each has a filter of its own, so that it is the kernel who sorts what comes by ports,
// and a ring of its own, so that who is sent too much loses only his own.
#include "stack.h"

#define FIRST_PORT 49152u // from here on the library chooses (RFC 6335)
#define LAST_PORT  65535u

static struct socket {
  int is_used;
  unsigned port; // 0: not bound
  in_addr_t peer;
  unsigned peer_port; // 0: not connected
  uint32_t timeout;
  int error; // to be told once
  struct receiver receiver;
} sockets[NET_SOCKETS];

static _Alignas(EXO_PAGE_SIZE) uint8_t rings[NET_SOCKETS][RING_PAGES * EXO_PAGE_SIZE];

static struct socket *
socket_of(int s)
{
  if (!net_is_up() || s < 0 || s >= NET_SOCKETS || !sockets[s].is_used) return 0;
  return &sockets[s];
}

static int
is_inet(const struct sockaddr *address, socklen_t size)
{
  return address && size >= sizeof(struct sockaddr_in) && address->sa_family == AF_INET;
}

static const struct sockaddr_in *
inet(const struct sockaddr *address)
{
  return (const struct sockaddr_in *)address;
}

static int
is_taken(unsigned port)
{
  for (int s = 0; s < NET_SOCKETS; s++)
    if (sockets[s].is_used && sockets[s].port == port) return 1;
  return 0;
}

static unsigned
choose_port(void)
{
  static unsigned next = FIRST_PORT;
  unsigned port;

  do {
    port = next;
    next = next == LAST_PORT ? FIRST_PORT : next + 1;
  } while (is_taken(port));
  return port;
}

// The socket's filter: UDP to our address and port, not a fragment, no options; and from its peer,
// if it has one.
static int
open_filter(struct socket *so)
{
  struct exo_filter_term terms[] = {
    {NET_ETHER_TYPE, 2, 0xffff, TYPE_IP},
    {NET_IP, 1, 0xff, 0x45},
    {IP_FRAGMENT, 2, 0xbfff, 0},
    {IP_PROTOCOL, 1, 0xff, PROTOCOL_UDP},
    {IP_TARGET, 4, 0xffffffff, ntohl(net_self.address)},
    {UDP_TARGET, 2, 0xffff, so->port},
    {UDP_SOURCE, 2, 0xffff, so->peer_port},
    {IP_SOURCE, 4, 0xffffffff, ntohl(so->peer)},
  };
  unsigned count = sizeof terms / sizeof *terms - (so->peer_port ? 0 : 2);

  return receiver_open(&so->receiver, terms, count, rings[so - sockets], RING_PAGES);
}

static int
bind_port(struct socket *so, unsigned port)
{
  int error;

  if (port != 0 && is_taken(port)) return NET_E_PORT;
  so->port = port ? port : choose_port();
  error = open_filter(so);
  if (error < 0) so->port = 0;
  return error;
}

EXO_API int
socket(int domain, int type, int protocol)
{
  if (domain != AF_INET || type != SOCK_DGRAM || (protocol != 0 && protocol != IPPROTO_UDP))
    return NET_E_SUPPORT;
  if (!net_is_up()) {
    int error = net_up(0, 0, 0);

    if (error < 0) return error;
  }
  for (int s = 0; s < NET_SOCKETS; s++) {
    if (sockets[s].is_used) continue;
    sockets[s] = (struct socket){.is_used = 1};
    return s;
  }
  return EXO_E_NONE;
}

EXO_API int
closesocket(int s)
{
  struct socket *so = socket_of(s);

  if (so == 0) return NET_E_SOCKET;
  receiver_close(&so->receiver);
  so->is_used = 0;
  return 0;
}

// A child that has our memory after a fork owns no filter in it: there is nothing to close but the
// memory's word.
EXO_API void
sockets_close(void)
{
  for (int s = 0; s < NET_SOCKETS; s++) {
    if (net_is_up()) closesocket(s);
    sockets[s] = (struct socket){0};
  }
}

EXO_API int
bind(int s, const struct sockaddr *address, socklen_t size)
{
  struct socket *so = socket_of(s);
  in_addr_t host;

  if (so == 0) return NET_E_SOCKET;
  if (!is_inet(address, size)) return NET_E_SUPPORT;
  if (so->port != 0) return NET_E_CONNECTED;
  host = inet(address)->sin_addr.s_addr;
  if (host != INADDR_ANY && host != net_self.address) return NET_E_ADDRESS;
  return bind_port(so, ntohs(inet(address)->sin_port));
}

EXO_API int
connect(int s, const struct sockaddr *peer, socklen_t size)
{
  struct socket *so = socket_of(s);
  int error;

  if (so == 0) return NET_E_SOCKET;
  if (!is_inet(peer, size)) return NET_E_SUPPORT;
  if (!is_host(inet(peer)->sin_addr.s_addr) || inet(peer)->sin_port == 0) return NET_E_ADDRESS;
  so->peer = inet(peer)->sin_addr.s_addr;
  so->peer_port = ntohs(inet(peer)->sin_port);
  so->error = 0;
  if (so->port == 0) {
    error = bind_port(so, 0);
  } else {
    receiver_close(&so->receiver);
    error = open_filter(so);
  }
  if (error < 0) so->peer_port = 0;
  return error;
}

static void
fill_address(struct sockaddr *address, socklen_t *size, in_addr_t host, unsigned port)
{
  struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

  if (address == 0 || size == 0) return;
  in.sin_addr.s_addr = host;
  memcpy(address, &in, *size < sizeof in ? *size : sizeof in);
  *size = sizeof in;
}

EXO_API int
getsockname(int s, struct sockaddr *address, socklen_t *size)
{
  struct socket *so = socket_of(s);

  if (so == 0) return NET_E_SOCKET;
  fill_address(address, size, net_self.address, so->port);
  return 0;
}

EXO_API int
socket_timeout(int s, uint32_t steps)
{
  struct socket *so = socket_of(s);

  if (so == 0) return NET_E_SOCKET;
  so->timeout = steps;
  return 0;
}

EXO_API uint32_t
socket_dropped(int s)
{
  struct socket *so = socket_of(s);

  return so && so->receiver.is_open ? *(volatile uint32_t *)&so->receiver.net.ring->dropped : 0;
}

// A datagram that this port sent to a peer came to a closed port.
EXO_API void
socket_refused(unsigned port, in_addr_t peer, unsigned peer_port)
{
  for (struct socket *so = sockets; so < sockets + NET_SOCKETS; so++)
    if (so->is_used && so->port == port && so->peer == peer && so->peer_port == peer_port)
      so->error = NET_E_REFUSED;
}

static int
take_error(struct socket *so)
{
  int error = so->error;

  so->error = 0;
  return error;
}

EXO_API int
sendto(int s, const void *data, uint32_t length, int flags, const struct sockaddr *to,
       socklen_t size)
{
  struct socket *so = socket_of(s);
  int may_wait = !(flags & MSG_DONTWAIT), error;
  uint8_t station[6];
  in_addr_t host;
  unsigned port;

  if (so == 0) return NET_E_SOCKET;
  if (length > NET_DATAGRAM) return NET_E_LENGTH;
  if (to != 0) {
    if (!is_inet(to, size)) return NET_E_SUPPORT;
    host = inet(to)->sin_addr.s_addr;
    port = ntohs(inet(to)->sin_port);
  } else {
    host = so->peer;
    port = so->peer_port;
  }
  if (port == 0) return to ? NET_E_ADDRESS : NET_E_PEER;
  if (so->error) return take_error(so);
  if (so->port == 0 && (error = bind_port(so, 0)) < 0) return error;
  net_poll();
  error = ip_route(host, may_wait, station);
  if (error < 0) return error;
  while ((error = udp_send(station, so->port, host, port, data, length)) == EXO_E_BUSY) {
    if (!may_wait) return EXO_E_AGAIN;
    slice_yield(0); // frames leave the queue without anybody's doing
  }
  return error < 0 ? error : (int)length;
}

EXO_API int
recvfrom(int s, void *data, uint32_t size, int flags, struct sockaddr *from, socklen_t *length)
{
  struct socket *so = socket_of(s);
  uint64_t deadline;

  if (so == 0) return NET_E_SOCKET;
  if (so->port == 0) return NET_E_PEER; // nothing can come
  deadline = so->timeout ? steps_now() + so->timeout : 0;
  for (;;) {
    const uint8_t *frame;
    unsigned bytes;

    net_poll();
    if (so->error) return take_error(so);
    while ((frame = receiver_next(&so->receiver, &bytes)) != 0) {
      struct datagram datagram;
      int error = udp_take(frame, bytes, data, size, &datagram);

      receiver_done(&so->receiver);
      if (error < 0) continue;
      fill_address(from, length, datagram.source, datagram.port);
      return (int)(flags & MSG_TRUNC || datagram.length < size ? datagram.length : size);
    }
    if (flags & MSG_DONTWAIT) return EXO_E_AGAIN;
    if (deadline && steps_now() >= deadline) return NET_E_TIMEOUT;
    net_wait(&so->receiver, deadline);
  }
}

EXO_API int
send(int s, const void *data, uint32_t length, int flags)
{
  return sendto(s, data, length, flags, 0, 0);
}

EXO_API int
recv(int s, void *data, uint32_t size, int flags)
{
  return recvfrom(s, data, size, flags, 0, 0);
}
