// Takes calls of every kind and never replies.
#include "check.h"

static int
serve(exo_env client, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e, uint32_t f)
{
  (void)client, (void)a, (void)b, (void)c, (void)d, (void)e, (void)f;
  for (;;)
    ;
}

int
main(void)
{
  rpc_serve_procedure(serve, RPC_PRESERVE);
}
