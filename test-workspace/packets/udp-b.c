// Receives what is sent to UDP port 9, and looks at each packet where the kernel put it: in the
// ring, which is a page of this program's own. Nothing is copied. Argument 1 says after how many
// packets it ends.
#include <net.h>
#include <stdio.h>
#include <stdlib.h>
#include <libos.h>

#define PORT 9

int
main(int argc, char **argv)
{
  int wanted = argc > 1 ? atoi(argv[1]) : 1;
  struct exo_network_info info;
  struct net net;
  int arrived;

  if (net_open_udp(&net, PORT) < 0) return 1; //@step insert
  printf("b: filter %d is for port %d\n", net.number, PORT);
  for (int i = 1; i <= wanted; i++) {
    const uint8_t *frame;
    unsigned length;

    while ((frame = net_next(&net, &length)) == 0) slice_sleep();
    printf("b: packet %d: \"%.*s\"\n", i, (int)(length - NET_UDP_DATA),
           (const char *)frame + NET_UDP_DATA); //@step look
    net_done(&net);                             //@step done
  }
  arrived = exo_network_info(EXO_SLOT_NETWORK, &info);
  printf("b: %d packets; %d arrived in all, %u for nobody\n", wanted, arrived, info.unmatched);
  net_close(&net);
  return 0;
}
