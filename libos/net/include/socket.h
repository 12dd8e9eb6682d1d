// Sockets for UDP over IPv4 and Ethernet, with everything below them in the program's own library.
//
// The names are those of 4.2BSD. What differs: an error is a negative number that the call returns
// (net_error says what it means), a socket is no file, and it is closed by closesocket.
//
//   net_up(inet_addr("10.0.0.2"), 0, 0);
//   s = socket(AF_INET, SOCK_DGRAM, 0);
//   bind(s, (struct sockaddr *)&address, sizeof address);
//   n = recvfrom(s, buffer, sizeof buffer, 0, (struct sockaddr *)&from, &size);
//
// Each program has an address of its own, and answers ARP and ICMP for that address itself, while
// it is in a call of this library. Two programs with one address cannot be: their packet filters
// would overlap, and the kernel refuses the second (EXO_E_OVERLAP).
#ifndef SOCKET_H
#define SOCKET_H

#include <stdint.h>

// ---- addresses: all fields in network byte order, as everywhere ----

typedef uint32_t in_addr_t;
typedef uint32_t socklen_t;

struct in_addr {
  in_addr_t s_addr;
};

struct sockaddr_in {
  uint16_t sin_family; // AF_INET
  uint16_t sin_port;
  struct in_addr sin_addr;
  uint8_t sin_zero[8];
};

// What the calls take, whatever the family; there is one here.
struct sockaddr {
  uint16_t sa_family;
  uint8_t sa_data[14];
};

#define AF_INET      2
#define SOCK_DGRAM   2
#define IPPROTO_UDP  17
#define INADDR_ANY   0u
#define INADDR_NONE  0xffffffffu
#define MSG_DONTWAIT 0x40
#define MSG_TRUNC    0x20

static inline uint16_t
htons(uint16_t value)
{
  return (uint16_t)(value << 8 | value >> 8);
}

static inline uint32_t
htonl(uint32_t value)
{
  return (uint32_t)htons((uint16_t)value) << 16 | htons((uint16_t)(value >> 16));
}

#define ntohs htons
#define ntohl htonl

// "10.0.0.2" to an address, INADDR_NONE when it is none; and back, into 16 bytes.
in_addr_t inet_addr(const char *text);
char *inet_ntop4(in_addr_t address, char text[16]);

// ---- the interface ----

// Takes an address on the network. `address` 0 derives 10.0.1.N from the environment's id; no two
// environments that live have the same N. `mask` 0 is 255.255.0.0. `gateway` 0: there is none, and
// what is not on this network cannot be reached. Returns 0 or an error.
int net_up(in_addr_t address, in_addr_t mask, in_addr_t gateway);
void net_down(void); // closes all sockets
in_addr_t net_address(void);

// Takes what has arrived and answers what is to be answered. Every call that waits does this; a
// program that computes for long calls it now and then.
void net_poll(void);

// Sends an echo request (ICMP) with so many bytes of data and waits for its reply. Returns the
// steps until it came, or an error: NET_E_TIMEOUT after `timeout` steps (0: 1000000).
int ping(in_addr_t address, unsigned bytes, uint32_t timeout);

// ---- sockets ----

// The most data in a datagram: what an Ethernet frame holds, for nothing is sent in fragments.
#define NET_DATAGRAM 1472
// How many sockets a program may have at a time.
#define NET_SOCKETS 8

int socket(int domain, int type, int protocol);
int closesocket(int s);

// Port 0 lets the library choose. The address must be INADDR_ANY or our own.
int bind(int s, const struct sockaddr *address, socklen_t size);
// From now on only this peer's datagrams arrive (the kernel's filter says so), and send needs no
// address. Datagrams that have arrived and were not taken are lost.
int connect(int s, const struct sockaddr *peer, socklen_t size);
int getsockname(int s, struct sockaddr *address, socklen_t *size);

// How long receiving waits, in steps: then it returns NET_E_TIMEOUT. 0, as at the begin: for ever.
int socket_timeout(int s, uint32_t steps);

// Both return a number of bytes. MSG_DONTWAIT: EXO_E_AGAIN instead of a wait. A datagram that is
// longer than the buffer loses its end; with MSG_TRUNC its whole length is returned.
int sendto(int s, const void *data, uint32_t length, int flags, const struct sockaddr *to,
           socklen_t size);
int recvfrom(int s, void *data, uint32_t size, int flags, struct sockaddr *from, socklen_t *length);
int send(int s, const void *data, uint32_t length, int flags);
int recv(int s, void *data, uint32_t size, int flags);

// How many frames this socket's ring had no room for: lost, as on any network.
uint32_t socket_dropped(int s);

// ---- errors, beside the kernel's (exo_abi.h) ----

#define NET_ERRORS(X)                                                                              \
  X(NET_E_DOWN, -100, "this program has no address: net_up comes first")                           \
  X(NET_E_SOCKET, -101, "no such socket")                                                          \
  X(NET_E_ADDRESS, -102, "nobody can have that address, or it is not ours")                        \
  X(NET_E_PORT, -103, "the port is another socket's of this program")                              \
  X(NET_E_LENGTH, -104, "more data than a datagram holds")                                         \
  X(NET_E_CONNECTED, -105, "the socket is bound or connected already")                             \
  X(NET_E_PEER, -106, "no address is given and the socket is not connected")                       \
  X(NET_E_ROUTE, -107, "the address is not on this network, and there is no gateway")              \
  X(NET_E_UNREACHABLE, -108, "nobody answers ARP for that address")                                \
  X(NET_E_REFUSED, -109, "the peer says that nobody listens at that port")                         \
  X(NET_E_TIMEOUT, -110, "nothing came in time")                                                   \
  X(NET_E_SUPPORT, -111, "only datagrams over IPv4 (AF_INET, SOCK_DGRAM)")

enum {
#define NET_ERROR_CODE(name, code, text) name = (code),
  NET_ERRORS(NET_ERROR_CODE)
#undef NET_ERROR_CODE
};

// What an error means, the kernel's errors included.
const char *net_error(int code);

// ---- what was counted ----

// Every frame that reaches the library is counted once, as one of these; the last two are ours.
#define NET_COUNTS(X)                                                                              \
  X(udp_taken, "datagrams taken by their socket")                                                  \
  X(echo_answered, "echo requests answered")                                                       \
  X(echo_replies, "echo replies that were waited for")                                             \
  X(arp_answered, "ARP requests for our address")                                                  \
  X(arp_learned, "ARP replies to our requests")                                                    \
  X(refused_us, "messages that a port of the peer is closed")                                      \
  X(short_frame, "dropped: shorter than its headers")                                              \
  X(not_ours, "dropped: another protocol, or not to our address")                                  \
  X(arp_malformed, "dropped: ARP that is not for IPv4 over Ethernet")                              \
  X(arp_unasked, "dropped: ARP replies that nobody asked for")                                     \
  X(ip_version, "dropped: not version 4, or an impossible header length")                          \
  X(ip_options, "dropped: IP options")                                                             \
  X(ip_length, "dropped: IP lengths that contradict the frame's")                                  \
  X(ip_checksum, "dropped: wrong IP checksum")                                                     \
  X(ip_fragment, "dropped: a fragment")                                                            \
  X(ip_ttl, "dropped: no time to live")                                                            \
  X(ip_source, "dropped: from an address that nobody can have")                                    \
  X(ip_protocol, "dropped: neither ICMP nor UDP")                                                  \
  X(icmp_malformed, "dropped: ICMP too short or with a wrong checksum")                            \
  X(icmp_ignored, "dropped: ICMP that nobody waits for")                                           \
  X(udp_length, "dropped: UDP lengths that contradict IP's")                                       \
  X(udp_checksum, "dropped: wrong UDP checksum")                                                   \
  X(udp_nobody, "dropped: no socket has that port; its sender was told")                           \
  X(sent, "frames sent")                                                                           \
  X(not_sent, "answers not sent: the interface's queue was full")

struct net_counts {
#define NET_COUNT_FIELD(name, text) uint32_t name;
  NET_COUNTS(NET_COUNT_FIELD)
#undef NET_COUNT_FIELD
};

const struct net_counts *net_counted(void);

#endif
