// Does a datagram of every length come back from an echo server as it was, and nothing behind it?
// Arguments: own address, the server's, who saves the registers, and the last length.
#include <socket.h>
#include "../../tests/check.h"

static uint8_t sent[NET_DATAGRAM + 1], got[NET_DATAGRAM + 8];

int
main(int argc, char **argv)
{
  struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons(7)};
  int s, last = atoi(argv[4]);

  if (strcmp(argv[3], "libos") == 0) exo_slices_enable();
  CHECK(net_up(inet_addr(argv[1]), 0, 0) == 0);
  s = socket(AF_INET, SOCK_DGRAM, 0);
  there.sin_addr.s_addr = inet_addr(argv[2]);
  CHECK(connect(s, (struct sockaddr *)&there, sizeof there) == 0);
  socket_timeout(s, 1000000);
  for (int length = 0; length <= last && failures == 0; length++) {
    int tries = 0, came;

    // A pattern that no shift by a few bytes leaves as it was, from an address of any alignment.
    for (int i = 0; i < length; i++) sent[i + length % 2] = (uint8_t)(i * 7 + (i >> 8) + length);
    memset(got, 0xee, sizeof got);
    do {
      CHECK(send(s, sent + length % 2, (uint32_t)length, 0) == length);
      came = recv(s, got + length % 3, NET_DATAGRAM, 0);
    } while (came == NET_E_TIMEOUT && ++tries < 10); // the server may not have begun
    CHECK(came == length);
    CHECK(memcmp(got + length % 3, sent + length % 2, (size_t)length) == 0);
    CHECK(got[length % 3 + length] == 0xee);
  }
  CHECK(send(s, sent, NET_DATAGRAM + 1, 0) == NET_E_LENGTH);
  CHECK(send(s, "end", 3, 0) == 3);
  return failures;
}
