// What if an upcall maps and unmaps pages while the program is in the middle of doing so? What both
// entered is there, and nothing else.
#include "check.h"

#define HERE  0x40000000u
#define PAGES 60

static int slot, frame;
static char mapped[2][PAGES];
static unsigned turns;

// For the hashed table: almost everything begins at one place, so that both want the same entry.
EXO_RESIDENT uint32_t
pt_hash_of(uint32_t address)
{
  return address / EXO_PAGE_SIZE % 2;
}

// The two have addresses of their own that lie between each other's.
static uint32_t
address_of(int who, uint32_t number)
{
  return HERE + (2 * number + (uint32_t)who) * 61 * EXO_PAGE_SIZE;
}

static void
toggle(int who, uint32_t number)
{
  uint32_t address = address_of(who, number);

  if (mapped[who][number])
    CHECK(pager_unmap(address) == 0);
  else
    CHECK(pager_map(address, frame, slot, EXO_RIGHT_READ) == 0);
  mapped[who][number] = !mapped[who][number];
}

void
on_end_of_slice(struct upcall_frame *frame)
{
  toggle(1, turns++ * 7 % PAGES);
  slice_suspend(frame);
}

int
main(void)
{
  slot = slot_alloc();
  frame = exo_page_alloc(0, EXO_SLOT_MEMORY, EXO_ANY, slot);
  exo_slices_enable();
  for (uint32_t i = 0; i < 150; i++) toggle(0, i * 11 % PAGES);
  exo_env_set_entry(0, EXO_ENTRY_END_SLICE, 0);
  CHECK(turns > 3);
  for (int who = 0; who < 2; who++) {
    for (uint32_t number = 0; number < PAGES; number++) {
      pte entry = pager_lookup(address_of(who, number));

      CHECK(mapped[who][number] ? PTE_SLOT(entry) == (exo_slot)slot : entry == 0);
    }
  }
  printf("%u by upcalls\n", turns);
  return failures;
}
