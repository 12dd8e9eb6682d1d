// A server that looks into the registers of its callers: what is in there besides the message?
#include "raw-entries.h"

#define MESSAGE (1u << 11 | 1u << 12 | 1u << 13 | 1u << 14 | 1u << 15 | 1u << 16)
// Where its stack is, the number of the kernel call, and whom it called.
#define KNOWN (1u << 2 | 1u << 17 | 1u << 31)

void
raw_server(exo_env client)
{
  (void)client;
  for (int i = 1; i < 32; i++)
    if (!((MESSAGE | KNOWN) >> i & 1)) CHECK(raw_seen[i] == 0);
  for (uint32_t i = 0; i < 6; i++) CHECK(raw_seen[11 + i] == i + 1);
  memcpy(raw_answer, raw_seen, sizeof raw_answer);
  raw_answer[10] = 7;
  printf("looked, found %s\n", failures ? "something" : "nothing");
}

int
main(void)
{
  raw_register((uintptr_t)raw_serve);
  exo_rest();
}
