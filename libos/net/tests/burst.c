// Sends more at once than the server's ring holds, and again what did not come back, until all has.
// Arguments: own address, the server's.
#include <socket.h>
#include "../../tests/check.h"

#define COUNT 24
#define BYTES 1400

static uint8_t data[BYTES];

int
main(int argc, char **argv)
{
  struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons(7)};
  int s, missing = COUNT, rounds = 0, came[COUNT] = {0};

  (void)argc;
  CHECK(net_up(inet_addr(argv[1]), 0, 0) == 0);
  s = socket(AF_INET, SOCK_DGRAM, 0);
  there.sin_addr.s_addr = inet_addr(argv[2]);
  CHECK(connect(s, (struct sockaddr *)&there, sizeof there) == 0);
  socket_timeout(s, 300000);
  for (; missing > 0 && rounds < 50; rounds++) {
    for (int i = 0; i < COUNT; i++) {
      memset(data, i, sizeof data);
      if (!came[i]) send(s, data, sizeof data, 0);
    }
    while (missing > 0 && recv(s, data, sizeof data, 0) == BYTES) {
      int i = data[0];

      CHECK(i < COUNT && data[BYTES - 1] == i);
      if (i < COUNT && !came[i]) missing--;
      if (i < COUNT) came[i] = 1;
    }
  }
  CHECK(missing == 0);
  printf("all came back after %d rounds\n", rounds);
  CHECK(send(s, "end", 3, 0) == 3);
  return failures;
}
