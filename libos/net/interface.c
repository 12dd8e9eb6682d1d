// The program's address on the network, and the two filters that make it so: what is sent to it,
// and ARP that asks for it or answers it.
//
// Who owns the address is nobody's decision but the kernel's: the filters compare all its bits, so
// those of two programs with one address overlap, and the second is refused; those of two addresses
// never do. So there is no server that everybody trusts, and no program sees another's packets.
#include "stack.h"

struct net_interface net_self;
struct net_counts net_count;

static _Alignas(EXO_PAGE_SIZE) uint8_t arp_ring[EXO_PAGE_SIZE];
static _Alignas(EXO_PAGE_SIZE) uint8_t ip_ring[RING_PAGES * EXO_PAGE_SIZE];

// The address of an environment that was given none, on the network 10.0.0.0/16. The kernel gives
// its index to nobody else while it lives.
static in_addr_t
derived_address(void)
{
  return htonl(0x0a000100 | environment_id() % EXO_MAX_ENVIRONMENTS);
}

// All programs share the interface's hardware address: it is the IP address that tells them apart.
static int
ask_station(uint8_t station[6])
{
  struct exo_network_info info;
  int error = exo_network_info(EXO_SLOT_NETWORK, &info);

  if (error < 0) return error;
  for (int i = 0; i < 4; i++) station[i] = (uint8_t)(info.octets0 >> 8 * i);
  for (int i = 0; i < 2; i++) station[4 + i] = (uint8_t)(info.octets4 >> 8 * i);
  return 0;
}

static int
open_arp(void)
{
  struct exo_filter_term terms[] = {
    {NET_ETHER_TYPE, 2, 0xffff, TYPE_ARP},
    {ARP_TARGET + 6, 4, 0xffffffff, ntohl(net_self.address)},
  };

  return receiver_open(&net_self.arp, terms, sizeof terms / sizeof *terms, arp_ring, 1);
}

// Everything to our address. Where a socket has a filter, that one compares more bits and comes
// first; what is left is ICMP, ports that nobody listens at, and what is malformed.
static int
open_ip(void)
{
  struct exo_filter_term terms[] = {
    {NET_ETHER_TYPE, 2, 0xffff, TYPE_IP},
    {NET_IP_TO, 4, 0xffffffff, ntohl(net_self.address)},
  };

  return receiver_open(&net_self.ip, terms, sizeof terms / sizeof *terms, ip_ring, RING_PAGES);
}

// After a fork the child has our memory and none of our filters: it is another environment, and
// down.
EXO_API int
net_is_up(void)
{
  return net_self.owner != 0 && net_self.owner == environment_id();
}

EXO_API int
net_up(in_addr_t address, in_addr_t mask, in_addr_t gateway)
{
  int error;

  if (net_is_up()) net_down();
  net_self = (struct net_interface){0};
  net_self.address = address ? address : derived_address();
  net_self.mask = mask ? mask : htonl(0xffff0000);
  net_self.gateway = gateway;
  if (!is_host(net_self.address)) return NET_E_ADDRESS;
  sockets_close(); // what a parent left in our memory
  arp_clear();
  net_count = (struct net_counts){0};
  error = ask_station(net_self.station);
  if (error == 0) error = open_arp();
  if (error == 0) error = open_ip();
  if (error < 0) {
    receiver_close(&net_self.arp);
    return error;
  }
  net_self.owner = environment_id();
  return 0;
}

EXO_API void
net_down(void)
{
  if (!net_is_up()) return;
  sockets_close();
  receiver_close(&net_self.ip);
  receiver_close(&net_self.arp);
  net_self.owner = 0;
}

EXO_API in_addr_t
net_address(void)
{
  return net_is_up() ? net_self.address : INADDR_ANY;
}

EXO_API const struct net_counts *
net_counted(void)
{
  return &net_count;
}
