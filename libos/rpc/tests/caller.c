// Calls a server many times and checks each answer. Arguments: the server's id or name; how: trusting,
// distrusting, by, ring or wake; who saves its registers; how often.
#include "check.h"

#define RING_AT 0x50000000u

static struct ring ring;
static uint64_t patience = 2000000;

static int
call(const char *how, exo_env server, uint32_t i)
{
  uint32_t words[RING_WORDS] = {i, 2, 3, 4, 5, 6};
  int status;

  if (strcmp(how, "ring") == 0 || strcmp(how, "wake") == 0) {
    if (ring.mine == 0) {
      int slot = ring_open(&ring, RING_AT, server);

      if (slot < 0) return slot;
      do
        status = rpc_distrusting(server, 0, (uint32_t)slot, 0, 0, 0, 0);
      while (rpc_early(server, status));
      if (status < 0) return status;
      status = ring_join(&ring, (exo_slot)status);
      if (status < 0) return status;
    }
    if (strcmp(how, "wake") == 0) {
      status = ring_put(&ring, words);
      if (status < 0) return status;
      while ((status = ring_wake(&ring)) == EXO_E_BUSY) slice_yield(0);
      if (status < 0) return status;
      while ((status = ring_get(&ring, words)) == EXO_E_AGAIN) {
        status = ring_wait_get(&ring, rpc_clock() + patience);
        if (status < 0) return status;
      }
    } else {
      status = ring_call(&ring, words, rpc_clock() + patience);
    }
    return status < 0 ? status : (int)words[0];
  }
  do {
    if (strcmp(how, "trusting") == 0) status = rpc_trusting(server, i, 2, 3, 4, 5, 6);
    else if (strcmp(how, "by") == 0) status = rpc_call_by(server, words, rpc_clock() + patience);
    else status = rpc_distrusting(server, i, 2, 3, 4, 5, 6);
  } while (rpc_early(server, status));
  return status;
}

int
main(int argc, char **argv)
{
  exo_env server = (exo_env)atoi(argv[1]);
  const char *how = argc > 2 ? argv[2] : "distrusting";
  int count = argc > 4 ? atoi(argv[4]) : 40;

  if (argument_is(argc, argv, 3, "libos")) exo_slices_enable();
  for (uint32_t i = 1; i <= (uint32_t)count; i++) {
    int status = call(how, server, i);

    if (status == EXO_E_DEAD || status == EXO_E_ENV || status == EXO_E_OFFER ||
        status == EXO_E_AGAIN) {
      printf("%s: %s\n", program_name(), exo_error_name(status));
      return failures;
    }
    CHECK(status == (int)(i * 6 + 2 + 3 + 4 + 5 + 6));
  }
  printf("%s: all right\n", program_name());
  return failures;
}
