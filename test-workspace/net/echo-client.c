// Sends lines to the echo service of another program and waits for each to come back. Arguments:
// the address to have, the server's, and the lines.
//
// UDP promises nothing: a datagram that is lost is lost. So the client says how long it waits, and
// sends again. The first try is lost for sure when the server has not begun yet.
#include <socket.h>
#include <stdio.h>
#include <string.h>

#define PORT  7
#define TRIES 5
#define WAIT  200000 // steps

// Sends a line until it comes back. Returns how often, or an error.
static int
echo(int s, const char *line)
{
  uint32_t length = (uint32_t)strlen(line);
  char back[NET_DATAGRAM];
  int error = 0;

  for (int i = 1; i <= TRIES; i++) {
    if ((error = send(s, line, length, 0)) >= 0)         //@step send
      error = recv(s, back, sizeof back, 0);             //@step receive
    if (error == (int)length && memcmp(line, back, length) == 0) return i;
  }
  return error < 0 ? error : NET_E_TIMEOUT;
}

int
main(int argc, char **argv)
{
  struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons(PORT)};
  int s, error;

  if (argc < 3) {
    puts("client: which address is mine, and which the server's?");
    return 2;
  }
  error = net_up(inet_addr(argv[1]), 0, 0);
  if (error < 0) {
    printf("client: no address: %s\n", net_error(error));
    return 1;
  }
  s = socket(AF_INET, SOCK_DGRAM, 0);
  socket_timeout(s, WAIT);
  there.sin_addr.s_addr = inet_addr(argv[2]);
  // The kernel's filter now names the server: what others send does not even arrive.
  error = connect(s, (struct sockaddr *)&there, sizeof there); //@step connect
  if (error < 0) {
    printf("client: %s: %s\n", argv[2], net_error(error));
    return 1;
  }
  for (int i = 3; i < argc; i++) {
    int tries = echo(s, argv[i]);

    if (tries < 0) {
      printf("client: \"%s\": %s\n", argv[i], net_error(tries));
      return 1;
    }
    printf("client: \"%s\" came back, try %d\n", argv[i], tries);
  }
  closesocket(s);
  return 0;
}
