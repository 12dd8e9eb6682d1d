// Serving procedures, and the call that does not wait for ever.
#include <rpc.h>
#include "patience.h"
#include "rpc_state.h"

struct patience {
  volatile exo_env awaited;
  uint32_t number;
  volatile int result;
};

_Static_assert(offsetof(struct patience, awaited) == PATIENCE_AWAITED, "patience.h");
_Static_assert(offsetof(struct patience, number) == PATIENCE_NUMBER, "patience.h");
_Static_assert(offsetof(struct patience, result) == PATIENCE_RESULT, "patience.h");
_Static_assert(sizeof(struct patience) == PATIENCE_SIZE, "patience.h");

int rpc_send(exo_env server, const uint32_t words[RPC_ARGUMENTS], uint32_t number);
void rpc_async_entry(void);
void rpc_answer_preserving(void);
void rpc_answer_clearing(void);

extern struct patience rpc_patience;
extern rpc_procedure *rpc_exported;
extern uint32_t rpc_waiting[];
extern int slices_enabled;

EXO_STEP_THROUGH(rpc_call_by);
EXO_STEP_THROUGH(rpc_early);

// Calls and replies by asynchronous transfers are taken there; whatever else comes is on_transfer_async's.
EXO_API void
rpc_register_async(void)
{
  static int registered;

  if (registered) return;
  registered = 1;
  exo_env_set_entry(0, EXO_ENTRY_TRANSFER_ASYNC, (uintptr_t)rpc_async_entry);
}

EXO_API void
rpc_serve_procedure(rpc_procedure *procedure, int how)
{
  void (*answer)(void) = how & RPC_CLEAR ? rpc_answer_clearing : rpc_answer_preserving;

  rpc_exported = procedure;
  rpc_waiting[RPC_ANSWER / 4] = (uintptr_t)answer;
  console_flush();
  rpc_register_async();
  rpc_register();
  exo_rest();
  for (;;)
    ;
}

EXO_API int
rpc_early(exo_env server, int status)
{
  if (status != EXO_E_BUSY && status != EXO_E_ENTRY) return 0;
  if (slice_yield(server) < 0) slice_yield(0);
  return 1;
}

// Sleeps until the reply is there or the clock says that it is enough.
static int
sleep_for_reply(exo_env server, uint64_t deadline)
{
  // The kernel reads terms from a page: these must not lie on two.
  static struct exo_term terms[2] __attribute__((aligned(32)));
  int awaited = pager_slot((const void *)&rpc_patience.awaited), here = pager_slot(terms);

  if (awaited < 0) return awaited;
  if (here < 0) return here;
  terms[0] = (struct exo_term){
      (exo_slot)awaited,
      ((uint32_t)&rpc_patience.awaited % EXO_PAGE_SIZE) | EXO_RELATION_NOT_EQUAL << 16, server, 0};
  terms[1] = (struct exo_term){EXO_ANY, EXO_RELATION_AT_LEAST << 16 | EXO_OR, (uint32_t)deadline,
                               (uint32_t)(deadline >> 32)};
  return slice_sleep_until((exo_slot)here, (uint32_t)terms % EXO_PAGE_SIZE, 2);
}

EXO_API int
rpc_call_by(exo_env server, const uint32_t words[RPC_ARGUMENTS], uint64_t deadline)
{
  int error;

  if (rpc_patience.awaited) return EXO_E_BUSY; // an upcall's handler, while the program waits
  if (!slices_enabled) exo_slices_enable();
  rpc_register_async();
  rpc_patience.number++; // a reply that comes too late is no reply to the next call
  rpc_patience.awaited = server;
  error = rpc_send(server, words, rpc_patience.number);
  while (error >= 0 && rpc_patience.awaited) {
    if (rpc_clock() >= deadline) error = rpc_alive(server) ? EXO_E_AGAIN : EXO_E_DEAD;
    if (error >= 0) error = sleep_for_reply(server, deadline);
  }
  if (rpc_patience.awaited == 0) return rpc_patience.result;
  rpc_patience.awaited = 0;
  return error;
}
