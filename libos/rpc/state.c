// The kernel's own records, read without asking it: who lives, who owns which slice.
#include <rpc.h>

// Where they are bound: the header, then the environments' records. The libOS's page table does not
// know this region; what is not bound, or was evicted, is bound here.
#define STATE_WINDOW 0x7fd00000u

// Reads from the kernel's page `page`, which is the `nth` that we have a place for. Returns 0 or an
// error.
static int
state_read(void *to, uint32_t nth, uint32_t page, uint32_t offset, size_t bytes)
{
  uint32_t address = STATE_WINDOW + nth * EXO_PAGE_SIZE;
  int error = careful_copy(to, (const void *)(address + offset), bytes);

  if (error == 0) return 0;
  error = exo_bind_state(0, address, EXO_SLOT_STATE, page);
  return error < 0 ? error : careful_copy(to, (const void *)(address + offset), bytes);
}

// Reads the word at `field` of an environment's record. Returns 0 or an error.
static int
record_word(uint32_t *to, uint32_t index, size_t field)
{
  static uint32_t first; // page of the records; they stay where they are
  uint32_t at = index * sizeof(struct exo_state_environment) + field, nth = at / EXO_PAGE_SIZE;
  int error = 0;

  if (first == 0)
    error =
        state_read(&first, 0, 0, offsetof(struct exo_state_header, environments_at), sizeof first);
  return error < 0 ? error : state_read(to, 1 + nth, first + nth, at % EXO_PAGE_SIZE, sizeof *to);
}

EXO_API int
rpc_at(uint32_t index)
{
  uint32_t id, state;

  if (index == 0 || index >= EXO_MAX_ENVIRONMENTS) return 0;
  if (record_word(&state, index, offsetof(struct exo_state_environment, state)) < 0) return 0;
  if (state == EXO_STATE_FREE || state == EXO_STATE_DESTROYED) return 0;
  if (record_word(&id, index, offsetof(struct exo_state_environment, id)) < 0) return 0;
  return (int)id;
}

EXO_API int
rpc_alive(exo_env id)
{
  return id != 0 && rpc_at(id % EXO_MAX_ENVIRONMENTS) == (int)id;
}

EXO_API int
rpc_word(exo_env id, uint32_t index, uint32_t *word)
{
  size_t field = offsetof(struct exo_state_environment, words) + index * 4;

  if (index >= EXO_MAX_PRIVATE_WORDS) return EXO_E_INVAL;
  if (!rpc_alive(id)) return EXO_E_DEAD;
  return record_word(word, id % EXO_MAX_ENVIRONMENTS, field);
}

EXO_API int
rpc_slice_owner(uint32_t position)
{
  uint32_t owner;
  size_t at = offsetof(struct exo_state_header, slice_vector) + position * 8;
  int error;

  if (position >= EXO_MAX_SLICE_VECTOR) return EXO_E_INVAL;
  error = state_read(&owner, 0, 0, at, sizeof owner);
  return error < 0 ? error : (int)owner;
}

EXO_API uint64_t
rpc_clock(void)
{
  uint32_t high, low, again;

  do {
    __asm__ volatile("csrr %0, timeh" : "=r"(high));
    __asm__ volatile("csrr %0, time" : "=r"(low));
    __asm__ volatile("csrr %0, timeh" : "=r"(again));
  } while (high != again);
  return (uint64_t)high << 32 | low;
}
