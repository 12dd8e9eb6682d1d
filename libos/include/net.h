// The network: a filter says which frames are ours, a ring in our own memory is where they come.
//
// The kernel knows no protocol. It compares the bytes of a frame with filters, puts the frame into
// the ring of the one that matches, and that is all; what UDP is, this library knows. Nobody else's
// filter may match the same frames.
#ifndef NET_H
#define NET_H

#include "exo.h"

// The longest frame in bytes, from the Ethernet header on.
#define NET_FRAME 1514

// Where things are in an Ethernet frame with UDP over IPv4 (RFC 894, RFC 791, RFC 768), when the
// IPv4 header has no options. Numbers are big-endian.
#define NET_ETHER_TO   0
#define NET_ETHER_FROM 6
#define NET_ETHER_TYPE 12
#define NET_IP         14
#define NET_IP_FROM    26
#define NET_IP_TO      30
#define NET_UDP_FROM   34
#define NET_UDP_TO     36
#define NET_UDP_LENGTH 38
#define NET_UDP_DATA   42

// A filter of ours and its ring.
struct net {
  exo_slot slot;         // of the filter's capability
  int number;            // what the kernel calls the filter
  struct exo_ring *ring; // in a page of our own
  void *memory;          // what the page was cut from
};

// Inserts a filter of up to eight terms and gives it a ring of one page. `over` is the slot of a
// capability for somebody else's filter that this one may overlap, or 0. Returns 0 or an error.
int net_open(struct net *net, const struct exo_filter_term *terms, unsigned count, exo_slot over);
// The same for what is sent to a UDP port.
int net_open_udp(struct net *net, unsigned port);
void net_close(struct net *net);

// The oldest frame, where it lies in the ring, or 0 when there is none. It stays until net_done.
const uint8_t *net_next(struct net *net, unsigned *length);
void net_done(struct net *net);

// Waits for a frame and copies what of it fits. Returns its length. A program that registers an
// entry for packets (EXO_ENTRY_PACKET) looks for itself instead.
unsigned net_receive(struct net *net, void *to, unsigned size);

// Sends a frame: 0 or an error. Waits while the interface's queue is full.
int net_send(const void *frame, unsigned length);

#endif
