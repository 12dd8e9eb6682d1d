// Fork, without the kernel: a new environment gets capabilities to read all pages of this one, a page table that says so, and copies
// of the few pages that must be its own from the first instruction on.
//
// The child's table has the same slots as ours, so that the same numbers serve in both. What is resident and writable (this
// library's own state, the exception stack), the page table itself and the window are no shared pages.
#include <string.h>
#include "library.h"

#define WINDOW_BYTES 0x00400000u // of the page table's window
#define TABLE(index) ((pte *)(PAGER_WINDOW + (index) * EXO_PAGE_SIZE))
#define TABLES       16 // second-level pages that one process can have when it forks

extern pte pager_root[1024];
extern char exception_stack[], exception_stack_top[];
void rpc_entry(void);
void rpc_died(void);

EXO_RESIDENT_BSS uint8_t child_flags[EXO_MAX_SLOTS];
static EXO_RESIDENT_BSS struct identity child_identity;

struct child {
  exo_slot control; // of its environment
  uint32_t id, space;
  int pid;
  int error;
  unsigned tables;
  struct {
    uint32_t index;
    uint32_t used; // a bit for each 32 entries in a row: some of them are
    pte entry;
  } table[TABLES];
};

// ---- a page of the child's that we own for as long as we fill it ----

static uint32_t
see(struct child *child, exo_slot slot, int *own)
{
  uint32_t at = COPY_AT + copy_depth * EXO_PAGE_SIZE;
  int error;

  *own = copy_depth == COPY_DEPTH ? EXO_E_NONE : slot_alloc();
  if (*own < 0) return 0;
  error = exo_cap_derive(child->control, slot, 0, (uint32_t)*own, EXO_RIGHT_READ | EXO_RIGHT_WRITE);
  if (error >= 0) error = pager_map(at, 0, (uint32_t)*own, EXO_RIGHT_READ | EXO_RIGHT_WRITE);
  if (error >= 0) {
    copy_depth++;
    return at;
  }
  exo_cap_delete(0, (uint32_t)*own);
  slot_free((uint32_t)*own);
  return 0;
}

static void
unsee(uint32_t at, int own)
{
  copy_depth--;
  pager_unmap(at);
  exo_cap_delete(0, (uint32_t)own);
  slot_free((uint32_t)own);
}

static int
new_page(struct child *child, exo_slot slot)
{
  int frame = memory_left(1)
                  ? exo_page_alloc(child->control, EXO_SLOT_MEMORY, EXO_ANY, slot)
                  : EXO_E_NONE;

  if (frame < 0) child->error = frame;
  child_flags[slot] = PAGE_PRESENT;
  return frame;
}

// ---- the child's page table ----

static int
is_own(uint32_t address, pte entry)
{
  return entry & PTE_GUARANTEED && entry & PTE_WRITE && address < HEAP_END;
}

// The entry that the child has for one of ours, and the capability for it.
static pte
child_entry(struct child *child, uint32_t address, pte entry)
{
  exo_slot slot = PTE_SLOT(entry);
  int error;

  if (!(entry & PTE_VALID)) return entry;
  if (address >= COPY_AT && address < COPY_AT + 8 * EXO_PAGE_SIZE) return 0;
  if (address == WORLD_PAGE || address == WINDOW) return entry; // the server put them there
  if (is_own(address, entry)) {
    int frame = new_page(child, slot);

    return PTE(frame, slot, entry & 0x1f);
  }
  error = exo_cap_derive(0, slot, child->control, slot,
                         (entry & (EXO_RIGHT_READ | EXO_RIGHT_EXECUTE)) | EXO_RIGHT_GRANT);
  // A page that we see at two addresses has one capability.
  if (error < 0 && error != EXO_E_SLOT) child->error = error;
  child_flags[slot] = PAGE_PRESENT | PAGE_INHERITED;
  if (entry & PTE_WRITE || page_flags[slot] & PAGE_COW) child_flags[slot] |= PAGE_COW;
  return entry & ~PTE_WRITE;
}

// Fills a second-level page of the child's.
static void
make_table(struct child *child, uint32_t index)
{
  exo_slot slot = PTE_SLOT(pager_root[index]);
  int own, frame = new_page(child, slot);
  pte *entries;

  if (frame < 0) return;
  if (child->tables == TABLES) {
    child->error = EXO_E_NONE;
    return;
  }
  child->table[child->tables].index = index;
  child->table[child->tables].used = 0;
  child->table[child->tables++].entry = PTE(frame, slot, pager_root[index] & 0x1f);
  entries = (pte *)see(child, slot, &own);
  if (!entries) {
    child->error = EXO_E_NONE;
    return;
  }
  for (uint32_t i = 0; i < 1024 && !child->error; i++) {
    if (TABLE(index)[i] == 0) continue;
    entries[i] = child_entry(child, index << 22 | i * EXO_PAGE_SIZE, TABLE(index)[i]);
    child->table[child->tables - 1].used |= 1u << i / 32;
  }
  unsee((uint32_t)entries, own);
}

// Tables are as good as empty: most of their entries are not even looked at.
static void
each_page(struct child *child, void (*act)(struct child *, uint32_t address, pte entry))
{
  for (unsigned t = 0; t < child->tables; t++) {
    uint32_t index = child->table[t].index;

    for (uint32_t i = 0; i < 1024 && !child->error; i++) {
      if (!(child->table[t].used & 1u << i / 32))
        i |= 31;
      else if (TABLE(index)[i] & PTE_VALID)
        act(child, index << 22 | i * EXO_PAGE_SIZE, TABLE(index)[i]);
    }
  }
}

// Copies what must be the child's own; its exception stack begins empty.
static void
copy_own(struct child *child, uint32_t address, pte entry)
{
  uint32_t at, root = (uint32_t)pager_root;
  int own;

  if (!is_own(address, entry)) return;
  if (address >= (uint32_t)exception_stack && address < (uint32_t)exception_stack_top) return;
  at = see(child, PTE_SLOT(entry), &own);
  if (at == 0) {
    child->error = EXO_E_NONE;
    return;
  }
  page_copy((void *)at, (const void *)address);
  for (unsigned i = 0; i < child->tables; i++) {
    uint32_t word = root + child->table[i].index * sizeof(pte);

    if (PAGE_OF(word) == address) *(pte *)(at + word % EXO_PAGE_SIZE) = child->table[i].entry;
  }
  unsee(at, own);
}

static void
guarantee(struct child *child, uint32_t address, pte entry)
{
  int error;

  if (!(entry & PTE_GUARANTEED)) return;
  error = exo_bind_guaranteed(child->control, address, PTE_SLOT(entry), entry & PTE_RIGHTS);
  if (error < 0) child->error = error;
}

// ---- our own pages: from now on a store to one copies it ----

static EXO_RESIDENT_BSS unsigned in_batch;

static void
flush_batch(void)
{
  if (in_batch > 0) exo_bind_batch(0, SLOT_WINDOW, 0, in_batch);
  in_batch = 0;
}

static void
share(struct child *child, uint32_t address, pte entry)
{
  struct exo_binding *list = (struct exo_binding *)WINDOW;
  exo_slot slot = PTE_SLOT(entry);

  (void)child;
  if (!(entry & PTE_WRITE) || entry & PTE_GUARANTEED || address == WINDOW) return;
  if (address >= COPY_AT && address < COPY_AT + 8 * EXO_PAGE_SIZE) return;
  page_flags[slot] |= PAGE_COW;
  TABLE(address >> 22)[address >> 12 & 0x3ff] = entry & ~PTE_WRITE; //@step cow-mark
  list[in_batch].page = address | (entry & (EXO_RIGHT_READ | EXO_RIGHT_EXECUTE));
  list[in_batch].slot = slot;
  if (++in_batch == EXO_MAX_BATCH) flush_batch();
}

// ---- all of it ----

// Reads what the server says, and accepts the capability for the new environment.
static int
begin(struct child *child)
{
  uint32_t words[RPC_WORDS] = {WORLD_FORK_BEGIN};
  int offered = world_call(words), slot;

  if (offered < 0) return offered;
  child->id = words[1];
  child->space = words[2];
  child->pid = (int)words[3];
  dependant_count = 0;
  for (uint32_t i = 0; i < words[4] && i < WORLD_SPACES; i++) {
    uint32_t number = ((uint32_t *)WINDOW)[i];

    dependants[dependant_count++] = number < 0xffff ? (uint16_t)number : 0xffff;
  }
  if (forks < 0xffff) forks++;
  slot = slot_alloc();
  if (slot >= 0 && exo_cap_accept(identity.server, (uint32_t)offered, (uint32_t)slot) >= 0) {
    child->control = (uint32_t)slot;
    return 0;
  }
  if (slot >= 0) slot_free((uint32_t)slot);
  call0(WORLD_NEW_CANCEL);
  return EXO_E_NONE;
}

static void
fill(struct child *child)
{
  exo_slot control = child->control;
  const struct unix_boot *boot = (const void *)(EXO_BOOT_PAGE + boot_page->boot_pages * EXO_PAGE_SIZE -
                                                sizeof(struct unix_boot));

  child_identity = identity;
  child_identity.space = child->space;
  child_identity.pid = child->pid;
  child_identity.own = child->id;
  memset(child_flags, 0, sizeof child_flags);
  for (uint32_t index = 0; index < 1024 && !child->error; index++)
    if (pager_root[index] & PTE_VALID) make_table(child, index);
  each_page(child, copy_own);
  each_page(child, guarantee);
  if (child->error) return;
  exo_env_set_entry(control, EXO_ENTRY_TRANSFER, (uintptr_t)rpc_entry);
  exo_env_set_entry(control, EXO_ENTRY_CALLEE_DIED, (uintptr_t)rpc_died);
  exo_env_publish(control, (uintptr_t)&boot->image);
  each_page(child, share);
  flush_batch();
}

// Called by fork on the exception stack. Returns the child's id, or -1.
EXO_API int
fork_now(void *context)
{
  struct child child = {.error = 0};
  int pid;

  if (WORLD->space[identity.space].orphan) memory_emancipate();
  if (begin(&child) < 0) return -1;
  memory_reclaim();
  fill(&child);
  pid = child.error ? -1 : call2(WORLD_FORK_DONE, (uint32_t)fork_child, (uint32_t)context);
  exo_cap_delete(0, child.control);
  slot_free(child.control);
  if (pid < 0) call0(WORLD_NEW_CANCEL);
  return pid < 0 ? -1 : pid;
}

// The first thing that a child does. What it has is what was derived for it.
EXO_API void
fork_started(void)
{
  identity = child_identity;
  forks = 0;
  dependant_count = 0;
  copy_depth = 0;
  for (exo_slot slot = boot_page->first_free_slot; slot < EXO_MAX_SLOTS; slot++)
    if (!(child_flags[slot] & PAGE_PRESENT)) slot_free(slot);
  for (exo_slot slot = 0; slot < EXO_MAX_SLOTS; slot++) {
    page_flags[slot] = child_flags[slot] & (PAGE_COW | PAGE_INHERITED);
    page_birth[slot] = 0;
  }
  // Not before there is a stack: something may be pending already.
  exo_env_set_entry(0, EXO_ENTRY_REPOSSESSION, (uintptr_t)upcall_entry);
}
