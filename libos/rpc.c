// Procedure calls between environments, over synchronous protected control transfers.
#include "libos.h"
#include "rpc_state.h"

int rpc_transfer(exo_env target, uint32_t words[RPC_WORDS]);
void rpc_entry(void);
void rpc_died(void);
void rpc_answer(void);

extern uint32_t rpc_waiting[4];

#define TRIES 1000

// What a server runs for each call; rpc.S reads it.
EXO_RESIDENT_BSS rpc_handler *rpc_handler_function;

EXO_STEP_THROUGH(rpc_call);
EXO_STEP_THROUGH(rpc_try);
EXO_STEP_THROUGH(rpc_register);

// Replies and calls arrive at one entry, the news that a server died at another.
EXO_API void
rpc_register(void)
{
  if (rpc_waiting[RPC_REGISTERED / 4]) return;
  rpc_waiting[RPC_REGISTERED / 4] = 1;
  exo_env_set_entry(0, EXO_ENTRY_TRANSFER, (uintptr_t)rpc_entry);
  exo_env_set_entry(0, EXO_ENTRY_CALLEE_DIED, (uintptr_t)rpc_died);
}

// Calls a server once. The words go there and come back changed. Returns the server's status, or an
// error: EXO_E_BUSY, EXO_E_ENTRY when it serves nothing (yet), EXO_E_ENV when it does not exist,
// EXO_E_DEAD when it died before it replied.
EXO_API int
rpc_try(exo_env server, uint32_t words[RPC_WORDS])
{
  rpc_register();
  return rpc_transfer(server, words);
}

// Calls a server, and while it is busy or not yet serving, lends it the rest of this slice and
// tries again.
EXO_API int
rpc_call(exo_env server, uint32_t words[RPC_WORDS])
{
  int status = EXO_E_BUSY;

  for (int i = 0; i < TRIES; i++) {
    status = rpc_try(server, words);
    if (status != EXO_E_BUSY && status != EXO_E_ENTRY) break;
    if (slice_yield(server) < 0) slice_yield(0);
  }
  return status;
}

// Serves calls with a handler, for ever. The environment rests in between: it has no registers
// then, and needs no slices, for each call brings its caller's.
EXO_API void
rpc_serve(rpc_handler *handler)
{
  rpc_handler_function = handler;
  rpc_waiting[RPC_ANSWER / 4] = (uintptr_t)rpc_answer;
  console_flush();
  rpc_register();
  exo_rest();
  for (;;)
    ;
}
