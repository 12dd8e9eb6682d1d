// Transfers without a library: all registers go as they are in an array, and come back into another.
// For those who lie, pry and attack.
#ifndef RAW_H
#define RAW_H

#include "check.h"

// Sends raw_sent[1..31] but a7 and t6. Returns 0 when there was a reply, with `raw_seen` what the
// registers then held, or an error. Both are resident, since upcalls are off meanwhile.
int raw_send(exo_env target, uint32_t call);
extern uint32_t raw_sent[32], raw_seen[32];
void raw_entry(void);
void raw_died(void);

// A server that takes calls at raw_serve: `raw_server` looks at raw_seen and fills raw_answer.
void raw_serve(void);
void raw_server(exo_env client);
extern uint32_t raw_answer[32];

static inline int
raw_call(const uint32_t registers[32], exo_env target, uint32_t call)
{
  memcpy(raw_sent, registers, sizeof raw_sent);
  return raw_send(target, call);
}

static inline void
raw_register(uintptr_t entry)
{
  exo_env_set_entry(0, EXO_ENTRY_TRANSFER, entry);
  exo_env_set_entry(0, EXO_ENTRY_CALLEE_DIED, (uintptr_t)raw_died);
}

#endif
