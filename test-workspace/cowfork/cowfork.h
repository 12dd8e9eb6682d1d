// Fork in a program's own library: copy-on-write, with what any program may do. cowfork.c is fork itself, in the right order.
//
// A fork lists the pages, marks them, gives them, and starts the child. The child reads its parent's pages by capabilities that allow no writing. Whoever stores to one first, and that is usually the
// parent, since a return from a function writes to its stack, gets a page of its own with the same contents. The parent waits for its
// child: the pages that the child still reads are the parent's.
#ifndef COWFORK_H
#define COWFORK_H

#include <string.h>
#include <libos.h>

#define COPY_AT  0x50000000u // where a page is seen while it is filled
#define MAPPINGS 96
#define RW       (EXO_RIGHT_READ | EXO_RIGHT_WRITE)

// What fork keeps on the stack: registers that the caller expects again, and what fork returns. The child finds it in its copy.
struct context {
  uint32_t ra, s[12];
  int result;
  uint32_t unused[2];
};

// Resident: the child gets a copy of all that is resident and writable, and begins with it.
struct mapping {
  uint32_t address;
  pte entry; // the child's
  int is_private;
};
static EXO_RESIDENT_BSS struct mapping mappings[MAPPINGS];
static EXO_RESIDENT_BSS int mapping_count;
static EXO_RESIDENT_BSS uint8_t is_cow[EXO_MAX_SLOTS]; // by slot: a store to its page wants a copy
static EXO_RESIDENT_BSS exo_slot child_slot;           // of the last child's environment

int fork(void);

// ---- copy on write ----

// A new page with the contents of another is seen at COPY_AT. Returns its slot, or an error.
static int
copy_page(uint32_t address)
{
  int error = pager_alloc(COPY_AT, RW), slot;

  if (error < 0) return error;
  slot = pager_slot((void *)COPY_AT);
  memcpy((void *)COPY_AT, (const void *)address, EXO_PAGE_SIZE);
  pager_unmap(COPY_AT);
  return slot;
}

static int
own_page(uint32_t address)
{
  int slot = copy_page(address);

  return slot >= 0 && pager_map(address, 0, (exo_slot)slot, RW) >= 0; //@step own
}

int
on_page_fault(struct upcall_frame *frame)
{
  pte entry = pager_lookup(frame->value);

  if (entry & PTE_VALID && is_cow[PTE_SLOT(entry)] && fault_access(frame) == EXO_RIGHT_WRITE)
    return own_page(PAGE_OF(frame->value)); //@step pager
  return pager_demand(frame);
}

// ---- what fork does, in the order in which fork calls it ----

// What is resident and writable each must have at once. And what may not be written, the program itself, is not ours to lend: the launcher
// gave us capabilities that we cannot hand on.
static int
is_private(pte entry)
{
  if (entry & PTE_WRITE) return (entry & PTE_GUARANTEED) != 0;
  return !is_cow[PTE_SLOT(entry)];
}

// Makes an environment with memory, a time slice and the console. Returns its id.
static int
new_environment(void)
{
  int slot = slot_alloc(), id;

  if (slot < 0) return slot;
  id = exo_env_create(EXO_SLOT_ENVIRONMENTS, (exo_slot)slot); //@step create
  if (id < 0) return id;
  child_slot = (exo_slot)slot;
  exo_cap_derive(0, EXO_SLOT_MEMORY, child_slot, EXO_SLOT_MEMORY, EXO_RIGHT_CONTROL);
  exo_cap_derive(0, EXO_SLOT_CONSOLE, child_slot, EXO_SLOT_CONSOLE, EXO_RIGHT_WRITE);
  exo_cap_derive(0, EXO_SLOT_PROCESSOR, child_slot, EXO_SLOT_PROCESSOR, EXO_RIGHT_CONTROL);
  exo_slice_alloc(child_slot, EXO_SLOT_PROCESSOR, EXO_ANY, (exo_slot)slot_alloc());
  return id;
}

// What is mapped now the child will have at the same addresses, by the same slots. Its page table it builds itself.
static void
list_pages(void)
{
  uint32_t place = 0, address;
  pte entry;

  mapping_count = 0;
  while (pager_next(&place, &address, &entry)) {
    struct mapping *mapping = &mappings[mapping_count];

    if (!(entry & PTE_VALID) || pager_in_table(address) || mapping_count == MAPPINGS) continue;
    mapping->address = address;
    mapping->is_private = is_private(entry);
    mapping->entry = mapping->is_private ? entry : entry & ~PTE_WRITE;
    mapping_count++;
  }
}

// From now on a store of ours to a page that the child will read is a fault.
static void
mark_pages(void)
{
  for (int i = 0; i < mapping_count; i++) {
    exo_slot slot = PTE_SLOT(mappings[i].entry);

    if (mappings[i].is_private) continue;
    is_cow[slot] = 1;
    pager_change(mappings[i].address, mappings[i].entry);
    exo_bind(0, mappings[i].address, slot, mappings[i].entry & PTE_RIGHTS); //@step mark
  }
}

// Gives the child a capability, to read, for each page that it is to see.
static void
give_pages(void)
{
  for (int i = 0; i < mapping_count; i++) {
    exo_slot slot = PTE_SLOT(mappings[i].entry);

    if (!mappings[i].is_private) exo_cap_derive(0, slot, child_slot, slot, EXO_RIGHT_READ); //@step give
  }
}

// Fills a private page of the child's.
static void
copy_private(uint32_t address, exo_slot slot)
{
  exo_slot seen = (exo_slot)slot_alloc();

  exo_page_alloc(child_slot, EXO_SLOT_MEMORY, EXO_ANY, slot);
  exo_cap_derive(child_slot, slot, 0, seen, RW);
  pager_map(COPY_AT, 0, seen, RW);
  memcpy((void *)COPY_AT, (const void *)address, EXO_PAGE_SIZE);
  pager_unmap(COPY_AT);
  exo_cap_delete(0, seen);
  slot_free(seen);
}

void child_entry(struct context *context);

static int
start_child(struct context *context)
{
  for (int i = 0; i < mapping_count; i++) {
    uint32_t address = mappings[i].address;
    pte entry = mappings[i].entry;
    exo_slot slot = PTE_SLOT(entry);

    if (mappings[i].is_private) copy_private(address, slot);
    if (entry & PTE_GUARANTEED) exo_bind_guaranteed(child_slot, address, slot, entry & PTE_RIGHTS);
  }
  return exo_env_start(child_slot, (uintptr_t)child_entry, (uint32_t)context); //@step start
}

// In the child, on the exception stack, while nothing but what is resident is there: a page table of its own.
__attribute__((used)) static EXO_RESIDENT void
child_begins(void)
{
  volatile pte *root;
  extern pte pager_root[1024];

  for (root = pager_root; root < pager_root + 1024; root++) *root = 0;
  for (int i = 0; i < mapping_count; i++) pager_enter(mappings[i].address, mappings[i].entry);
}

// The child is gone when its environment is.
static void
wait_for_child(void)
{
  while (exo_env_set_word(child_slot, 1, 0) >= 0) slice_yield(0);
}

// int fork(void) keeps the context and calls fork_with(context). child_entry(context) is the child's first instruction; it goes on as if
// fork had returned to it.
#define RESTORE \
  "  lw ra, 0(sp)\n lw s0, 4(sp)\n lw s1, 8(sp)\n lw s2, 12(sp)\n lw s3, 16(sp)\n lw s4, 20(sp)\n" \
  "  lw s5, 24(sp)\n lw s6, 28(sp)\n lw s7, 32(sp)\n lw s8, 36(sp)\n lw s9, 40(sp)\n" \
  "  lw s10, 44(sp)\n lw s11, 48(sp)\n lw a0, 52(sp)\n addi sp, sp, 64\n ret\n"

__asm__(".pushsection .text\n .globl fork\nfork:\n"
        "  addi sp, sp, -64\n sw ra, 0(sp)\n sw s0, 4(sp)\n sw s1, 8(sp)\n sw s2, 12(sp)\n sw s3, 16(sp)\n"
        "  sw s4, 20(sp)\n sw s5, 24(sp)\n sw s6, 28(sp)\n sw s7, 32(sp)\n sw s8, 36(sp)\n sw s9, 40(sp)\n"
        "  sw s10, 44(sp)\n sw s11, 48(sp)\n sw zero, 52(sp)\n mv a0, sp\n call fork_with\n" RESTORE
        ".popsection\n"
        ".pushsection .exo.text, \"ax\", @progbits\n .globl child_entry\nchild_entry:\n"
        "  .option push\n .option norelax\n la gp, __global_pointer$\n .option pop\n"
        "  csrw 0x040, zero\n la sp, exception_stack_top\n la t0, upcall_entry\n csrw 0x005, t0\n"
        "  csrsi 0x000, 1\n mv s0, a0\n call child_begins\n la t0, exception_stack_top\n csrw 0x040, t0\n"
        "  mv sp, s0\n" RESTORE ".popsection\n");

#endif
