// Goes on using a ring of which the other end lies. Nothing is bound around the two pages, so that what
// reads outside of them is found. Arguments: the other's id; who saves the registers.
#include "check.h"

static struct ring ring;

int
main(int argc, char **argv)
{
  exo_env peer = (exo_env)atoi(argv[1]);
  int nonsense = 0;

  if (argument_is(argc, argv, 2, "libos")) exo_slices_enable();
  CHECK(ring_meet(&ring, 0x50000000u, peer, RPC_NEVER) == 0);
  for (int i = 0; i < 400; i++) {
    uint32_t words[RING_WORDS];
    int status;

    status = ring_get(&ring, words);
    CHECK(status == 0 || status == EXO_E_AGAIN || status == EXO_E_INVAL);
    nonsense += status == EXO_E_INVAL;
    status = ring_put(&ring, words);
    CHECK(status == 0 || status == EXO_E_BUSY || status == EXO_E_INVAL);
    nonsense += status == EXO_E_INVAL;
    if (i % 4) continue;
    status = ring_wait_get(&ring, rpc_clock() + 3000);
    CHECK(status == 0 || status == EXO_E_AGAIN);
    status = ring_wait_put(&ring, rpc_clock() + 3000);
    CHECK(status == 0 || status == EXO_E_AGAIN);
    CHECK(ring.mine->head == ring.head && ring.mine->tail == ring.tail);
  }
  printf("%s: %s\n", program_name(), nonsense ? "noticed" : "noticed nothing");
  return failures;
}
