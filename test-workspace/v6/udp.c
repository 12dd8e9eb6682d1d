// A UNIX process that uses the network: it forks a server, which takes an address of its own, and talks to it by UDP. Neither the
// world nor the kernel has anything to do with it: sockets are this process's library (socket.h) over its own packet filters.
//
// A socket does not survive fork in the child: the child is another environment, and the filters stay the parent's. In the parent
// it does, although fork makes all its pages shared, also those in which the kernel puts frames.
#include "kernel/types.h"
#include "kernel/stat.h"
#include "user/user.h"
#include <socket.h>

#define SERVER "10.0.0.7"
#define CLIENT "10.0.0.8"
#define PORT   7

static char data[NET_DATAGRAM];

static void
fail(const char *what, int error)
{
  fprintf(2, "udp: %s: %s\n", what, net_error(error));
  exit(1);
}

// Echoes what comes until it is nothing.
static void
serve(int inherited)
{
  struct sockaddr_in from, here = {.sin_family = AF_INET, .sin_port = htons(PORT)};
  int length, s, error = send(inherited, "x", 1, 0);

  printf("server: the parent's socket: %s\n", net_error(error));
  if ((error = net_up(inet_addr(SERVER), 0, 0)) < 0) fail("no address", error); //@step up
  s = socket(AF_INET, SOCK_DGRAM, 0);
  if ((error = bind(s, (struct sockaddr *)&here, sizeof here)) < 0) fail("bind", error);
  do {
    socklen_t size = sizeof from;

    length = recvfrom(s, data, sizeof data, 0, (struct sockaddr *)&from, &size); //@step serve
    if (length < 0) fail("receive", length);
    sendto(s, data, (uint32_t)length, 0, (struct sockaddr *)&from, size);
  } while (length > 0);
  exit(0);
}

// Sends a line until it comes back.
static void
talk(int s, const char *line)
{
  int length = (int)strlen(line), came = NET_E_TIMEOUT;

  for (int i = 0; i < 10 && came == NET_E_TIMEOUT; i++) {
    int error = send(s, line, (uint32_t)length, 0);

    if (error < 0) fail("send", error);
    came = recv(s, data, sizeof data, 0); //@step receive
  }
  if (came < 0) fail("receive", came);
  printf("client: %d bytes came back, %s\n", came, memcmp(data, line, (uint)length) == 0 ? "the same" : "others");
}

int
main(void)
{
  struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons(PORT)};
  int s, error = net_up(inet_addr(CLIENT), 0, 0);

  if (error < 0) fail("no address", error);
  s = socket(AF_INET, SOCK_DGRAM, 0);
  there.sin_addr.s_addr = inet_addr(SERVER);
  if ((error = connect(s, (struct sockaddr *)&there, sizeof there)) < 0) fail("connect", error);
  socket_timeout(s, 500000);
  if (fork() == 0) serve(s); //@step fork
  talk(s, "one");
  if (fork() == 0) exit(0); // every page of ours is shared for a moment
  wait(0);
  talk(s, "two and more");
  talk(s, "");
  wait(0);
  printf("client: the ping of a process that is gone: %s\n", net_error(ping(inet_addr(SERVER), 8, 0)));
  exit(0);
}
