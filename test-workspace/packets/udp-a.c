// Receives what is sent to UDP port 7, and sends each packet back to where it came from: the echo
// service (RFC 862). Argument 1 says after how many packets it ends, argument 2 another port.
//
// The filter is inserted once. From then on the kernel knows at each packet whose it is, and asks
// nobody.
#include <net.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <libos.h>

#define PORT 7

static void
swap(uint8_t *a, uint8_t *b, unsigned count)
{
  for (unsigned i = 0; i < count; i++) {
    uint8_t kept = a[i];

    a[i] = b[i];
    b[i] = kept;
  }
}

int
main(int argc, char **argv)
{
  int wanted = argc > 1 ? atoi(argv[1]) : 1;
  int port = argc > 2 ? atoi(argv[2]) : PORT;
  uint8_t frame[NET_FRAME];
  struct net net;
  int error = net_open_udp(&net, (uint16_t)port); //@step insert

  if (error < 0) {
    printf("a: port %d is not ours: %s\n", port, exo_error(error));
    return 1;
  }
  printf("a: filter %d is for port %d\n", net.number, port);
  for (int i = 1; i <= wanted; i++) {
    unsigned length = net_receive(&net, frame, sizeof frame); //@step receive

    printf("a: packet %d: \"%.*s\"\n", i, (int)(length - NET_UDP_DATA), frame + NET_UDP_DATA);
    swap(frame + NET_ETHER_TO, frame + NET_ETHER_FROM, 6);
    swap(frame + NET_IP_FROM, frame + NET_IP_TO, 4);
    swap(frame + NET_UDP_FROM, frame + NET_UDP_TO, 2);
    if (net_send(frame, length) < 0) return 1; //@step send
  }
  printf("a: %d packets, %u did not fit the ring\n", wanted, net.ring->dropped);
  net_close(&net);
  return 0;
}
