// The echo service (RFC 862): whatever comes to UDP port 7 goes back to where it came from.
// Arguments: the address to have, and after how many datagrams it ends.
//
// Nobody has told this program of its clients, nor them of it but for the address: no common
// ancestor set anything up between them. The address is this program's because its packet filters
// say so, and the kernel lets no other program's filters overlap them.
#include <socket.h>
#include <stdio.h>
#include <stdlib.h>

#define PORT 7

static uint8_t data[NET_DATAGRAM];

int
main(int argc, char **argv)
{
  in_addr_t address = inet_addr(argc > 1 ? argv[1] : "10.0.0.7");
  int wanted = argc > 2 ? atoi(argv[2]) : 1;
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(PORT)};
  char text[16];
  int s, error;

  error = net_up(address, 0, 0); //@step up
  if (error < 0) {
    printf("server: no address: %s\n", net_error(error));
    return 1;
  }
  s = socket(AF_INET, SOCK_DGRAM, 0);
  error = bind(s, (struct sockaddr *)&here, sizeof here); //@step bind
  if (error < 0) {
    printf("server: port %d: %s\n", PORT, net_error(error));
    return 1;
  }
  printf("server: %s, port %d\n", inet_ntop4(net_address(), text), PORT);

  for (int i = 0; i < wanted; i++) {
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    // Sleeps until the kernel puts a frame into the ring; answers ARP and pings meanwhile.
    int length = recvfrom(s, data, sizeof data, 0, (struct sockaddr *)&from, &size); //@step receive

    if (length < 0) return 1;
    printf("server: %d bytes from %s\n", length, inet_ntop4(from.sin_addr.s_addr, text));
    sendto(s, data, (uint32_t)length, 0, (struct sockaddr *)&from, size); //@step send
  }
  return 0;
}
