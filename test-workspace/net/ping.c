// Asks addresses whether they are there (ICMP echo), and says how many steps the answer took.
// Arguments: the address to have, then whom to ask.
//
// The answer comes from the library in the program that has the address: no system answers for it,
// and it answers when it runs.
#include <socket.h>
#include <stdio.h>

#define BYTES 56

int
main(int argc, char **argv)
{
  int error = net_up(argc > 1 ? inet_addr(argv[1]) : 0, 0, 0), lost = 0;

  if (error < 0) {
    printf("ping: no address: %s\n", net_error(error));
    return 1;
  }
  for (int i = 2; i < argc; i++) {
    int steps = ping(inet_addr(argv[i]), BYTES, 0); //@step ping

    if (steps >= 0)
      printf("ping: %s answers within %d steps\n", argv[i], (steps / 10000 + 1) * 10000);
    else
      printf("ping: %s: %s\n", argv[i], net_error(steps)), lost++;
  }
  return lost;
}
