// A client that looks for what the server's work left in the registers. Argument 1: the server's id.
#include "raw-entries.h"

void
raw_server(exo_env client)
{
  (void)client; // it serves nobody
}

int
main(int argc, char **argv)
{
  exo_env server = (exo_env)atoi(argv[1]);
  int left = 0;

  (void)argc;
  raw_register((uintptr_t)raw_entry);
  for (int round = 0; round < 10; round++) {
    uint32_t sent[32];
    int status;

    for (int i = 0; i < 32; i++) sent[i] = random_word();
    do
      status = raw_call(sent, server, EXO_CALL_TRANSFER_SYNC);
    while (rpc_early(server, status));
    CHECK(status == 0);
    CHECK(raw_seen[10] == sent[11] * 6 + sent[12] + sent[13] + sent[14] + sent[15] + sent[16]);
    // What belongs to the caller comes back: sp, gp, tp, s0, s1, s2..s11.
    for (int i = 2; i < 28; i++)
      if (i < 5 || i == 8 || i == 9 || i >= 18) CHECK(raw_seen[i] == sent[i]);
    // ra, t0..t2, a1..a6, t3..t5
    for (int i = 1; i < 31; i++)
      if (i == 1 || (i >= 5 && i <= 7) || (i >= 11 && i <= 16) || i >= 28) left |= raw_seen[i] != 0;
  }
  printf("%s\n", left ? "something is left" : "nothing is left");
  return failures;
}
