// The name server. Names are in rows by who registered them, which the kernel tells: so nobody can
// take more than its share of the table, or withdraw another's name.
#include <string.h>
#include <rpc.h>
#include "names_protocol.h"

static struct {
  exo_env owner; // 0: nobody has names in this row
  struct name names[NAMES_EACH];
} rows[EXO_MAX_ENVIRONMENTS];

static int
is_free(const struct name *name)
{
  return name->words[0] == 0;
}

// Whether it is the one way to write a name: no byte follows a zero, so no two names look alike.
static int
is_name(const struct name *name)
{
  const char *bytes = (const char *)name->words;
  size_t length = strnlen(bytes, NAMES_BYTES);

  for (size_t i = length; i < NAMES_BYTES; i++)
    if (bytes[i]) return 0;
  return length > 0;
}

// The row of an environment that lives; what a dead one of the same index left is gone.
static struct name *
row_of(exo_env id)
{
  uint32_t index = id % EXO_MAX_ENVIRONMENTS;

  if (rows[index].owner != id) {
    memset(&rows[index], 0, sizeof rows[index]);
    rows[index].owner = id;
  }
  return rows[index].names;
}

static struct name *
in_row(struct name *row, const struct name *name)
{
  for (int i = 0; i < NAMES_EACH; i++)
    if (memcmp(&row[i], name, sizeof *name) == 0) return &row[i];
  return 0;
}

// Who has the name. A server that died has none any more.
static exo_env
owner_of(const struct name *name)
{
  for (int i = 1; i < EXO_MAX_ENVIRONMENTS; i++) {
    if (rows[i].owner == 0 || !in_row(rows[i].names, name)) continue;
    if (rpc_alive(rows[i].owner)) return rows[i].owner;
    memset(&rows[i], 0, sizeof rows[i]);
  }
  return 0;
}

static int
enter(exo_env owner, const struct name *name)
{
  struct name *row = row_of(owner);
  exo_env has = owner_of(name);

  if (has == owner) return 0;
  if (has) return EXO_E_TAKEN;
  for (int i = 0; i < NAMES_EACH; i++) {
    if (!is_free(&row[i])) continue;
    row[i] = *name;
    return 0;
  }
  return EXO_E_NONE;
}

static int
withdraw(exo_env owner, const struct name *name)
{
  struct name *there = in_row(row_of(owner), name);

  if (there == 0) return EXO_E_NONE;
  memset(there, 0, sizeof *there);
  return 0;
}

static int
serve_name(exo_env client, uint32_t operation, uint32_t a, uint32_t b, uint32_t c, uint32_t d,
           uint32_t e)
{
  struct name name = {{a, b, c, d, e}};
  exo_env owner;

  if (!is_name(&name)) return EXO_E_INVAL;
  switch (operation) {
  case NAMES_REGISTER:
    return enter(client, &name);
  case NAMES_WITHDRAW:
    return withdraw(client, &name);
  case NAMES_FIND:
    owner = owner_of(&name);
    return owner ? (int)owner : EXO_E_NONE;
  default:
    return EXO_E_INVAL;
  }
}

EXO_API int
names_give(const char *text, exo_env owner)
{
  struct name name;
  int error = name_from(&name, text);

  return error < 0 ? error : enter(owner, &name);
}

// Makes us the name server by owning the slice that says so.
static int
take_position(void)
{
  int owner = rpc_slice_owner(NAMES_POSITION), slot, error;

  if (owner < 0 || (exo_env)owner == boot_page->environment) return owner;
  if (owner) return EXO_E_TAKEN;
  slot = slot_alloc();
  if (slot < 0) return slot;
  error = exo_slice_alloc(0, EXO_SLOT_PROCESSOR, NAMES_POSITION, (exo_slot)slot);
  if (error < 0) slot_free((exo_slot)slot);
  return error;
}

EXO_API int
names_serve(void)
{
  int error = take_position();

  if (error < 0) return error;
  rpc_serve_procedure(serve_name, RPC_CLEAR);
}
