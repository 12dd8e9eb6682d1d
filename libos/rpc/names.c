// Finding environments by name. That takes no common ancestor and no argument: the name server is
// found where the kernel shows it to everybody.
#include <rpc.h>
#include "names_protocol.h"

#define TRIES 1000

EXO_STEP_THROUGH(ask);
EXO_STEP_THROUGH(name_from);

// The server that this program has found. It is trusted as long as it lives.
static exo_env server;

EXO_API int
names_server(void)
{
  int owner;

  if (server && !rpc_alive(server)) {
    server = 0;
    return EXO_E_DEAD;
  }
  if (server) return (int)server;
  owner = rpc_slice_owner(NAMES_POSITION);
  if (owner == 0) return EXO_E_NONE;
  if (owner > 0) server = (exo_env)owner;
  return owner;
}

// Puts a name into words. Returns 0, or EXO_E_INVAL when it is too long or empty.
EXO_API int
name_from(struct name *name, const char *text)
{
  *name = (struct name){{0}};
  if (*text == 0) return EXO_E_INVAL;
  for (uint32_t i = 0; text[i]; i++) {
    if (i == NAMES_BYTES) return EXO_E_INVAL;
    name->words[i / 4] |= (uint32_t)(uint8_t)text[i] << 8 * (i % 4);
  }
  return 0;
}

static int
ask(uint32_t operation, const char *text)
{
  struct name name;
  int id = names_server(), status = name_from(&name, text);
  const uint32_t *w = name.words;

  if (status < 0) return status;
  if (id < 0) return id;
  for (int i = 0; i < TRIES; i++) {
    status = rpc_distrusting((exo_env)id, operation, w[0], w[1], w[2], w[3], w[4]);
    if (!rpc_early((exo_env)id, status)) break;
  }
  if (status == EXO_E_DEAD || status == EXO_E_ENV) {
    server = 0; // it is told now
    return EXO_E_DEAD;
  }
  return status;
}

EXO_API int
names_register(const char *name)
{
  return ask(NAMES_REGISTER, name);
}

EXO_API int
names_find(const char *name)
{
  return ask(NAMES_FIND, name);
}

EXO_API int
names_wait(const char *name)
{
  int id = EXO_E_NONE;

  for (int i = 0; i < TRIES && id == EXO_E_NONE; i++) {
    if (i > 0) slice_yield(0);
    id = names_find(name);
  }
  return id;
}

EXO_API int
names_withdraw(const char *name)
{
  return ask(NAMES_WITHDRAW, name);
}
