// Wants what is sent to UDP port 7, too. Some packet would match its filter and another program's:
// the kernel refuses it when it is inserted, before a single packet has come. The event list says
// whose packets they would have been.
//
// With the owner's permission it would be allowed: a capability for the filter, which the owner
// offers and this program accepts (see net_open's last parameter). Argument 1 is another port.
#include <net.h>
#include <stdio.h>
#include <stdlib.h>
#include <libos.h>

int
main(int argc, char **argv)
{
  struct exo_filter_term port = {NET_UDP_TO, 2, 0xffff, argc > 1 ? (uint32_t)atoi(argv[1]) : 7};
  struct net net;
  unsigned length;
  int error, seen = 0;

  slice_yield(0);                      // the others come first
  error = net_open(&net, &port, 1, 0); //@step insert
  printf("sniffer: %s: %s\n", exo_error_name(error), exo_error(error));
  if (error == 0) {
    while (net_next(&net, &length) == 0) slice_sleep();
    seen++;
  }
  printf("sniffer: %d packets\n", seen);
  return error == EXO_E_OVERLAP ? 0 : 1;
}
