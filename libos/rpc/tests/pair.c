// One end of a ring between two that know each other. Arguments: the other's id; ask or answer; who
// saves the registers; how many.
#include "check.h"

static struct ring ring;

static int
ask(uint32_t count)
{
  uint32_t put = 0, got = 0, words[RING_WORDS];
  int status = 0;

  // As many on the way as fit: this wraps round, and finds the ring full and empty.
  while (got < count) {
    for (int i = 0; i < RING_WORDS; i++) words[i] = put * 8 + (uint32_t)i;
    if (put < count && (status = ring_put(&ring, words)) == 0) {
      put++;
      continue;
    }
    if (status < 0 && status != EXO_E_BUSY) return status;
    status = ring_wait_get(&ring, RPC_NEVER);
    if (status < 0) return status;
    while ((status = ring_get(&ring, words)) == 0) {
      for (int i = 0; i < RING_WORDS; i++) CHECK(words[i] == got * 8 + (uint32_t)i + 1);
      got++;
    }
    if (status != EXO_E_AGAIN) return status;
    status = 0;
  }
  return 0;
}

static int
answer(void)
{
  uint32_t words[RING_WORDS];
  int status;

  for (;;) {
    status = ring_wait_get(&ring, RPC_NEVER);
    if (status < 0) return status;
    status = ring_get(&ring, words);
    if (status < 0) return status;
    for (int i = 0; i < RING_WORDS; i++) words[i]++;
    while ((status = ring_put(&ring, words)) == EXO_E_BUSY) {
      status = ring_wait_put(&ring, RPC_NEVER);
      if (status < 0) return status;
    }
    if (status < 0) return status;
  }
}

int
main(int argc, char **argv)
{
  exo_env peer = (exo_env)atoi(argv[1]);
  int status;

  if (argument_is(argc, argv, 3, "libos")) exo_slices_enable();
  status = ring_meet(&ring, 0x50000000u, peer, rpc_clock() + 3000000);
  if (status == 0)
    status = argument_is(argc, argv, 2, "ask") ? ask((uint32_t)atoi(argv[4])) : answer();
  printf("%s: %s\n", program_name(), status < 0 ? exo_error_name(status) : "all right");
  return failures;
}
