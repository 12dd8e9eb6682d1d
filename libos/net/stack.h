// What the files of this library share: where things are in a frame, and who calls whom.
//
//   socket.c ── udp.c ─┐
//   ping.c ── icmp.c ──┼─ ip.c ─┬─ link.c ── the kernel's network_send
//                      │  arp.c ┘
//   poll.c ── link.c (rings) ── arp.c, icmp.c, udp.c
//
// Addresses are in network byte order wherever they are kept, so that they are copied and compared
// and nothing else; ports are numbers.
#ifndef STACK_H
#define STACK_H

#include <net.h>
#include <socket.h>
#include <string.h>
#include "libos.h"

// ---- a frame (RFC 894, 826, 791, 792, 768) ----

#define ETHER_BYTES 14
#define ETHER_LEAST 60 // a shorter frame is filled up with zeros (IEEE 802.3, without the FCS)
#define TYPE_IP     0x0800
#define TYPE_ARP    0x0806

#define ARP_BYTES  28
#define ARP_AT     14 // hardware, protocol, their lengths: 8 bytes that never differ, but for the last
#define ARP_OP     20
#define ARP_SENDER 22 // station, then address
#define ARP_TARGET 32

#define IP_BYTES    20
#define IP_AT       14
#define IP_TOTAL    16
#define IP_ID       18
#define IP_FRAGMENT 20
#define IP_TTL      22
#define IP_PROTOCOL 23
#define IP_SUM      24
#define IP_SOURCE   26
#define IP_TARGET   30
#define IP_DATA     34

#define PROTOCOL_ICMP 1
#define PROTOCOL_UDP  17

#define ICMP_BYTES 8
#define UDP_BYTES  8
#define UDP_SOURCE 34
#define UDP_TARGET 36
#define UDP_LENGTH 38
#define UDP_SUM    40
#define UDP_DATA   42

// A number in network byte order, at any address.
static inline unsigned
get16(const uint8_t *p)
{
  return (unsigned)p[0] << 8 | p[1];
}

static inline void
put16(uint8_t *p, unsigned value)
{
  p[0] = (uint8_t)(value >> 8);
  p[1] = (uint8_t)value;
}

// An address as it is kept.
static inline in_addr_t
get_address(const uint8_t *p)
{
  return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline void
put_address(uint8_t *p, in_addr_t address)
{
  for (int i = 0; i < 4; i++) p[i] = (uint8_t)(address >> 8 * i);
}

// ---- checksums (checksum.c) ----

// A sum of half-words as this machine reads them: the Internet checksum does not depend on the byte
// order (RFC 1071), so they are swapped nowhere. A begun half-word counts as if a zero followed:
// only the last piece may have an odd length.
uint32_t sum_bytes(uint32_t sum, const void *bytes, unsigned count);
uint32_t sum_copy(uint32_t sum, void *to, const void *from, unsigned count);
uint32_t sum_pseudo(in_addr_t source, in_addr_t target, unsigned protocol, unsigned length);
uint16_t sum_end(uint32_t sum); // 0: it was right; else what makes it so
void put_sum(uint8_t *p, uint16_t sum);

// ---- frames in and out (link.c) ----

// A filter of ours, and the ring where its frames come.
struct receiver {
  struct net net;       // as the default libOS has it
  uint8_t *memory;      // the ring's pages
  unsigned page_count;
  exo_slot first_slot;  // of page_count capabilities for them, side by side
  int origin;           // the slot that the first one was derived from
  int is_open;
};

#define RING_PAGES 2

int receiver_open(struct receiver *r, const struct exo_filter_term *terms, unsigned count,
                  uint8_t *memory, unsigned pages);
void receiver_close(struct receiver *r);
const uint8_t *receiver_next(struct receiver *r, unsigned *length);
void receiver_done(struct receiver *r);

// Where a frame is made that is about to leave. Its header begins two bytes further than a multiple
// of 4, so that the IP header and the data of UDP begin at one.
uint8_t *frame_out(void);
int frame_send(unsigned length);

// ---- the interface (interface.c, poll.c) ----

struct net_interface {
  exo_env owner; // 0: it is down
  in_addr_t address, mask, gateway;
  uint8_t station[6]; // the hardware address, the same in all programs
  struct receiver arp, ip;
};

extern struct net_interface net_self;
extern struct net_counts net_count;

int net_is_up(void);
void net_wait(struct receiver *also, uint64_t deadline);

// ---- ARP (arp.c) ----

void arp_clear(void);
void arp_input(const uint8_t *frame, unsigned length);
int arp_resolve(in_addr_t address, int may_wait, uint8_t station[6]);

// ---- IPv4 (ip.c) ----

// A packet that was checked.
struct packet {
  const uint8_t *frame;
  const uint8_t *data; // behind the IP header
  unsigned length;     // of the data
  in_addr_t source;
  unsigned protocol;
};

int is_host(in_addr_t address);
int ip_check(const uint8_t *frame, unsigned length, struct packet *packet);
int ip_route(in_addr_t to, int may_wait, uint8_t station[6]);
int ip_send(const uint8_t station[6], in_addr_t to, unsigned protocol, unsigned length);
void ip_input(const uint8_t *frame, unsigned length);

// ---- ICMP (icmp.c) ----

struct echo {
  int is_waited_for;
  uint16_t id, sequence;
  unsigned bytes;
  uint64_t came; // 0: not yet
};

extern struct echo net_echo;

void icmp_input(const struct packet *packet);
void icmp_port_unreachable(const struct packet *packet);

// ---- UDP (udp.c) and sockets (socket.c) ----

struct datagram {
  in_addr_t source;
  unsigned port;
  unsigned length; // which may be more than was copied
};

int udp_take(const uint8_t *frame, unsigned length, void *to, unsigned size,
             struct datagram *datagram);
void udp_unwanted(const struct packet *packet);
int udp_send(const uint8_t station[6], unsigned port, in_addr_t to, unsigned to_port,
             const void *data, unsigned length);
void socket_refused(unsigned port, in_addr_t peer, unsigned peer_port);
void sockets_close(void);

#endif
