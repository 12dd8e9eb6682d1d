// A client: calls a procedure of another environment. Argument 1 is the server's id.
#include <stdio.h>
#include <stdlib.h>
#include <libos.h>
#include "ping-pong.h"

#define ROUNDS 3

// Calls the server once and returns its answer, or an error.
static int
ping(exo_env server, uint32_t number)
{
  uint32_t words[RPC_WORDS] = {PING, number};
  int status;

  status = rpc_call(server, words); //@step call
  if (status < 0) return status;    //@step after
  return (int)words[1];
}

int
main(int argc, char **argv)
{
  exo_env server = argc > 1 ? (exo_env)atoi(argv[1]) : 0;
  uint32_t stop[RPC_WORDS] = {STOP};
  int number = 1;
  int status;

  for (int round = 1; round <= ROUNDS; round++) {
    int answer = ping(server, (uint32_t)number);

    if (answer < 0) {
      printf("client: call failed: %s\n", exo_error(answer));
      return 1;
    }
    printf("client: ping %d, pong %d\n", number, answer); //@step print
    number = answer;
  }

  // The server dies in this call. A synchronous transfer does not hang on that: the kernel ends the
  // donation and says so.
  status = rpc_call(server, stop); //@step stop
  printf("client: %s\n", exo_error(status));
  return status == EXO_E_DEAD ? 0 : 1;
}
