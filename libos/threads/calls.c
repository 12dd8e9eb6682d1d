// Procedure calls to other environments, and the heap: not to be interrupted by another thread's.
#include "threads-state.h"

int rpc_transfer(exo_env target, uint32_t words[RPC_WORDS]);
void rpc_entry(void);
void rpc_died(void);

// A synchronous transfer gives this environment's time to the server until it replies: all threads
// wait. Who does not want that sends a message.
EXO_API int
rpc_try(exo_env server, uint32_t words[RPC_WORDS])
{
  static int registered;
  int status;

  if (!registered) {
    registered = 1;
    exo_env_set_entry(0, EXO_ENTRY_TRANSFER, (uintptr_t)rpc_entry);
    exo_env_set_entry(0, EXO_ENTRY_CALLEE_DIED, (uintptr_t)rpc_died);
  }
  slice_enter_critical();
  status = rpc_transfer(server, words);
  slice_leave_critical();
  return status;
}
