// A world that has its first process run before it serves calls.
#include <libos.h>
#include <rpc_state.h>
#include <world.h>

void rpc_entry(void);

extern uint32_t rpc_waiting[4];

void
rpc_register(void)
{
  for (int i = 0; i < 5; i++) slice_yield(0);
  rpc_waiting[RPC_REGISTERED / 4] = 1;
  exo_env_set_entry(0, EXO_ENTRY_TRANSFER, (uintptr_t)rpc_entry);
}

int
main(int argc, char **argv)
{
  return world_main(argc, argv);
}
