// A server: rests until somebody calls, and runs on its caller's time. It needs no slice once it
// serves.
#include <stdio.h>
#include <stdlib.h>
#include <libos.h>
#include "ping-pong.h"

static int calls;

// Runs for each call. The client's id comes from the kernel, so it cannot be a lie; the words are
// what the client put there.
static int
serve(exo_env client, uint32_t words[RPC_WORDS])
{
  calls++; //@step serve
  switch (words[0]) {
  case PING:
    words[1] = words[1] + 1;
    return 0; //@step reply
  case STOP:
    printf("server: %d calls, the last from %s\n", calls, client == 0 ? "nobody" : "my client");
    exit(0); //@step exit
  default:
    return EXO_E_INVAL;
  }
}

int
main(void)
{
  printf("server: ready\n");
  rpc_serve(serve); //@step rest
}
