// Mapping pages, and the refill of bindings that the kernel's software TLB has dropped. The page
// table says what is where; what it looks like is page-table.c's affair.
#include "libos.h"

EXO_RESIDENT_BSS const struct exo_boot *boot_page;

EXO_STEP_THROUGH(pager_refill);
EXO_STEP_THROUGH(pager_part);
EXO_STEP_THROUGH(share_an_entry);
EXO_STEP_THROUGH(pin);

// An entry of which nothing is left but that there was one.
static EXO_RESIDENT pte
lost(pte entry)
{
  return PTE(PTE_FRAME(entry), 0, PTE_LOST);
}

static EXO_RESIDENT_DATA char table_lost[] =
    "a part of the page table was taken by force, and with it where everything is\n";

// Binds again what the page table says. Returns 0 when it doesn't say, or does not allow the
// access.
EXO_API EXO_RESIDENT int
pager_refill(uint32_t address, exo_rights access)
{
  pte entry = pager_lookup(address);
  int error;

  if (!(entry & PTE_VALID) || !(entry & access)) return 0;
  error = exo_bind(0, PAGE_OF(address), PTE_SLOT(entry), entry & PTE_RIGHTS);
  if (error != EXO_E_CAP) return error == 0;
  // It was taken, and nobody has looked into the repossession vector yet.
  if (pager_in_table(address)) fault_end_bare(table_lost);
  pager_change(address, lost(entry));
  return 0;
}

// The kernel's software TLB is direct-mapped: pages that lie a multiple of its size apart share an
// entry.
static EXO_RESIDENT int
share_an_entry(uint32_t a, uint32_t b)
{
  return PAGE_OF(a) != PAGE_OF(b) &&
         (a / EXO_PAGE_SIZE - b / EXO_PAGE_SIZE) % EXO_MAX_SOFTWARE_TLB == 0;
}

#define PINNED 8
static EXO_RESIDENT_BSS uint32_t pinned[PINNED];
static EXO_RESIDENT_BSS unsigned next_pin;

// Has the page of an instruction refilled by the kernel from now on; the one that was pinned
// longest ago goes free.
static EXO_RESIDENT void
pin(uint32_t address)
{
  pte entry = pager_lookup(address);
  uint32_t *place = &pinned[next_pin++ % PINNED];

  if (*place) exo_unbind(0, *place);
  *place = PAGE_OF(address);
  exo_bind_guaranteed(0, *place, PTE_SLOT(entry), entry & PTE_RIGHTS);
}

// An instruction and what it accesses must be bound at the same time. If they share an entry, each
// refill would evict the other, and the instruction would fault for ever.
EXO_API EXO_RESIDENT void
pager_part(uint32_t pc, uint32_t address)
{
  if (share_an_entry(pc, address))
    pin(pc);
  else if (share_an_entry(pc + 2, address))
    pin(pc + 2); // its second half may lie on the next page
}

// The page table begins as what the launcher bound. Runs before anything may be missing, so it is
// resident too.
EXO_API EXO_RESIDENT void
pager_start(const struct exo_boot *boot)
{
  const struct exo_mapping *mapping = (const struct exo_mapping *)boot->mappings;

  boot_page = boot;
  for (uint32_t i = 0; i < boot->mapping_count; i++, mapping++) {
    pte low = PTE_VALID | (mapping->page & PTE_RIGHTS);

    if (mapping->page & EXO_MAPPING_GUARANTEED) low |= PTE_GUARANTEED;
    pager_enter(PAGE_OF(mapping->page), PTE(mapping->frame, mapping->slot, low));
  }
}

// Puts a page that the environment has a capability for at an address: in the page table, and
// bound. Returns 0 or an error.
EXO_API EXO_RESIDENT int
pager_map(uint32_t address, uint32_t frame, exo_slot slot, exo_rights rights)
{
  int error = exo_bind(0, PAGE_OF(address), slot, rights);

  if (error < 0) return error;
  return pager_enter(PAGE_OF(address), PTE(frame, slot, PTE_VALID | (rights & PTE_RIGHTS)));
}

// Allocates a page, which is all zeros, and puts it at an address. Returns 0 or an error.
EXO_API EXO_RESIDENT int
pager_alloc(uint32_t address, exo_rights rights)
{
  int slot, frame, error;

  slot = slot_alloc();
  if (slot < 0) return slot;
  frame = exo_page_alloc(0, EXO_SLOT_MEMORY, EXO_ANY, slot);
  if (frame < 0) {
    slot_free(slot);
    return frame;
  }
  error = pager_map(address, frame, slot, rights);
  if (error < 0) {
    exo_page_free(0, slot);
    slot_free(slot);
  }
  return error;
}

// Takes a page out of the address space; its capability stays where it is. Returns 0 or an error.
EXO_API EXO_RESIDENT int
pager_unmap(uint32_t address)
{
  int error = exo_unbind(0, PAGE_OF(address));

  if (error < 0 || !(pager_lookup(address) & PTE_VALID)) return error;
  pager_change(address, 0);
  return 0;
}

// Changes every entry for the capability in a slot. Returns how many there were.
static int
change_entries(exo_slot slot, pte (*change)(uint32_t address, pte entry))
{
  const pte mask = PTE(0, 0x3ff, PTE_VALID), wanted = PTE(0, slot, PTE_VALID);
  uint32_t place = 0, address;
  pte entry;
  int count = 0;

  while (pager_next(&place, &address, &entry)) {
    if ((entry & mask) != wanted) continue;
    pager_change(address, change(address, entry));
    count++;
  }
  return count;
}

static pte
forget(uint32_t address, pte entry)
{
  (void)address;
  return lost(entry);
}

// The capability in a slot is gone: whatever was mapped by it is marked as lost. Nobody puts zeros
// there and calls it the same page. Returns how many addresses there were.
EXO_API int
pager_forget(exo_slot slot)
{
  return change_entries(slot, forget);
}

// The kernel tells that there are fewer rights, not which. So tries what is less, until it binds.
static pte
weaken(uint32_t address, pte entry)
{
  uint32_t all = entry & PTE_RIGHTS, rights = all;

  while (rights && exo_bind(0, address, PTE_SLOT(entry), rights) < 0) rights = (rights - 1) & all;
  return rights ? (entry & ~PTE_RIGHTS) | rights : lost(entry);
}

// The capability in a slot has fewer rights than it had: so have the addresses that were mapped by
// it. Returns how many there were.
EXO_API int
pager_restrict(exo_slot slot)
{
  return change_entries(slot, weaken);
}

// The slot of the page that memory lies in, or an error. Touching it first has a page put there.
EXO_API int
pager_slot(const void *memory)
{
  pte entry;

  (void)*(const volatile char *)memory;
  entry = pager_lookup(PAGE_OF(memory));
  return entry & PTE_VALID ? (int)PTE_SLOT(entry) : EXO_E_INVAL;
}
