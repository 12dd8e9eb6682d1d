// Pages handed over by capability: what is in them is not touched.
#include <rpc.h>

EXO_API int
bulk_offer(const void *page, exo_env to, exo_rights rights)
{
  int slot = pager_slot(page);
  int error = slot < 0 ? slot : exo_cap_offer((exo_slot)slot, to, rights);

  return error < 0 ? error : slot;
}

EXO_API int
bulk_accept(exo_env from, exo_slot slot, uint32_t address, exo_rights rights)
{
  int mine = slot_alloc();
  int error;

  if (mine < 0) return mine;
  error = exo_cap_accept(from, slot, (exo_slot)mine);
  if (error >= 0) {
    // Its frame is the giver's to know: the page table works without.
    error = pager_map(address, 0, (exo_slot)mine, rights);
    if (error >= 0) return 0;
    // The giver has ended or taken it back since: as if it had a moment before.
    if (error == EXO_E_CAP) error = EXO_E_OFFER;
    exo_cap_delete(0, (exo_slot)mine);
  }
  slot_free((exo_slot)mine);
  return error;
}

EXO_API int
bulk_release(uint32_t address)
{
  pte entry = pager_lookup(address);
  int error;

  // What was revoked meanwhile is only forgotten: on_repossession has freed the slot.
  if (!(entry & PTE_VALID)) return pager_enter(PAGE_OF(address), 0);
  error = pager_unmap(address);
  if (error < 0) return error;
  error = exo_cap_delete(0, PTE_SLOT(entry));
  if (error >= 0) slot_free(PTE_SLOT(entry));
  return error;
}

EXO_API int
bulk_revoke(const void *page)
{
  int slot = pager_slot(page);

  return slot < 0 ? slot : exo_cap_revoke(0, (exo_slot)slot);
}
