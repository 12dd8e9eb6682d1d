// The kernel's own records, read without asking it: who lives, who owns which slice.
#include <rpc.h>

// Where they are bound: the header, then the page that was looked at last. The libOS's page table
// does not know this region; what is evicted is bound again here.
#define STATE_WINDOW 0x7fd00000u

// Reads from the `page`-th page of the kernel's. Returns 0 or an error.
static int
state_read(void *to, uint32_t page, uint32_t offset, size_t bytes)
{
  // A place for each page would be a window as large as what is exposed; two are enough, since
  // binding over a binding replaces it.
  static uint32_t bound = EXO_ANY;
  uint32_t address = STATE_WINDOW + (page ? EXO_PAGE_SIZE : 0);
  int error = EXO_E_CAP;

  if (page == 0 || page == bound) error = careful_copy(to, (const void *)(address + offset), bytes);
  if (error == 0) return 0;
  bound = EXO_ANY; // an upcall may come here, too
  error = exo_bind_state(0, address, EXO_SLOT_STATE, page);
  if (error < 0) return error;
  error = careful_copy(to, (const void *)(address + offset), bytes);
  if (page) bound = page;
  return error;
}

// Reads the word at `field` of an environment's record. Returns 0 or an error.
static int
record_word(uint32_t *to, uint32_t index, size_t field)
{
  uint32_t at = index * sizeof(struct exo_state_environment) + field, first;
  int error =
      state_read(&first, 0, offsetof(struct exo_state_header, environments_at), sizeof first);

  if (error < 0) return error;
  return state_read(to, first + at / EXO_PAGE_SIZE, at % EXO_PAGE_SIZE, sizeof *to);
}

EXO_API int
rpc_alive(exo_env id)
{
  uint32_t index = id % EXO_MAX_ENVIRONMENTS, word;

  if (record_word(&word, index, offsetof(struct exo_state_environment, id)) < 0) return 0;
  if (word != id) return 0; // its successor's
  if (record_word(&word, index, offsetof(struct exo_state_environment, state)) < 0) return 0;
  return word != EXO_STATE_FREE && word != EXO_STATE_DESTROYED;
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
  error = state_read(&owner, 0, at, sizeof owner);
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
