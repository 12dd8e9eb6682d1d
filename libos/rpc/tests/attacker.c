// Enters another with whatever registers, in both ways. Arguments: the victim's id; a seed; how often.
#include "raw-entries.h"

void
raw_server(exo_env client)
{
  (void)client; // it serves nobody
}

int
main(int argc, char **argv)
{
  exo_env victim = (exo_env)atoi(argv[1]);
  int count = argc > 3 ? atoi(argv[3]) : 200, answered = 0;

  random_state = (uint32_t)atoi(argv[2]) * 2654435761u | 1;
  raw_register((uintptr_t)raw_entry);
  for (int i = 0; i < count; i++) {
    uint32_t sent[32], call = random_word() % 3 ? EXO_CALL_TRANSFER_SYNC : EXO_CALL_TRANSFER_ASYNC;

    for (int r = 0; r < 32; r++) sent[r] = random_word() % 2 ? random_word() : random_word() % 8;
    if (random_word() % 2) sent[6] = random_word() % 2 ? 0x6c6c6163 : 0x6c706572; // as stubs would
    if (raw_call(sent, victim, call) == 0) answered++;
    if (random_word() % 4 == 0) exo_yield(victim);
  }
  printf("%s: %s\n", program_name(), answered ? "answered" : "not answered");
  return failures;
}
