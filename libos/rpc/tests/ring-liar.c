// Meets another at a ring and writes nonsense into its own page for ever after. Arguments: the other's
// id; a seed.
#include "check.h"

static struct ring ring;

int
main(int argc, char **argv)
{
  exo_env peer = (exo_env)atoi(argv[1]);
  int status = ring_meet(&ring, 0x50000000u, peer, RPC_NEVER);

  random_state = (uint32_t)atoi(argv[2]) * 2654435761u | 1;
  while (status == 0 && rpc_alive(peer)) {
    volatile uint32_t *words = (volatile uint32_t *)ring.mine;

    for (int i = 0; i < 200; i++) words[random_word() % (sizeof(struct ring_page) / 4)] = random_word();
    ring.mine->head = random_word() % 2 ? random_word() : random_word() % 130;
    ring.mine->tail = random_word() % 2 ? random_word() : random_word() % 130;
    slice_yield(0);
  }
  (void)argc;
  return 0;
}
