// Echoes what comes to port 7 until a datagram says "end", then prints what was counted. Arguments:
// the address, and who saves the registers (kernel or libos).
#include <socket.h>
#include <stdio.h>
#include <string.h>
#include <libos.h>

static uint8_t data[NET_DATAGRAM];

int
main(int argc, char **argv)
{
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(7)};
  int s, error;

  if (argc > 2 && strcmp(argv[2], "libos") == 0) exo_slices_enable();
  error = net_up(inet_addr(argv[1]), 0, 0);
  if (error < 0) {
    printf("%s: %s\n", argv[1], net_error(error));
    return 1;
  }
  s = socket(AF_INET, SOCK_DGRAM, 0);
  if (bind(s, (struct sockaddr *)&here, sizeof here) < 0) return 1;
  for (;;) {
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    int length = recvfrom(s, data, sizeof data, 0, (struct sockaddr *)&from, &size);

    if (length < 0) return 1;
    if (length == 3 && memcmp(data, "end", 3) == 0) break;
    // A peer that answers no ARP gets nothing, and nobody waits for it.
    sendto(s, data, (uint32_t)length, MSG_DONTWAIT, (struct sockaddr *)&from, size);
  }
#define PRINT(name, text) printf(#name " %u\n", net_counted()->name);
  NET_COUNTS(PRINT)
  printf("ring_full %u\n", socket_dropped(s));
  return 0;
}
