// Which of the environment's capability slots are in use. The kernel would refuse a slot that is;
// it does not search.
#include "libos.h"

static EXO_RESIDENT_BSS uint32_t used[EXO_MAX_SLOTS / 32];

// Returns an empty slot, now in use, or EXO_E_NONE.
EXO_API EXO_RESIDENT int
slot_alloc(void)
{
  // What the launcher used was in use before this program began.
  uint32_t first = boot_page->first_free_slot;

  for (uint32_t slot = first; slot < EXO_MAX_SLOTS; slot++) {
    uint32_t bit = 1u << slot % 32;

    if (used[slot / 32] == ~0u) {
      slot |= 31; // a whole word is in use: on to the next
      continue;
    }
    // An upcall may come between looking and taking, and take a slot itself.
    if (!(__atomic_fetch_or(&used[slot / 32], bit, __ATOMIC_RELAXED) & bit)) return (int)slot;
  }
  return EXO_E_NONE;
}

EXO_API EXO_RESIDENT void
slot_free(exo_slot slot)
{
  if (slot < EXO_MAX_SLOTS)
    __atomic_fetch_and(&used[slot / 32], ~(1u << slot % 32), __ATOMIC_RELAXED);
}
