// The memory of a process, which is the server's affair: here is no page table. A fault goes to the server by a call, and whoever
// of the default libOS asks the table finds it empty.
#include <kernel/vm.h>
#include "library.h"

static EXO_RESIDENT_BSS uint32_t faulting_pc;

static EXO_RESIDENT_DATA char alone[] =
    "this is a program for the UNIX that is one server, and there is none: run a scenario that puts it on a disk, as\n"
    "test-workspace/mono/mono.exo.json does\n";

// The first thing that a program does. Even its stack comes from the server.
EXO_API EXO_RESIDENT void
pager_start(const struct exo_boot *boot)
{
  const struct unix_boot *world = (const void *)(EXO_BOOT_PAGE + boot->boot_pages * EXO_PAGE_SIZE -
                                                 sizeof(struct unix_boot));

  boot_page = boot;
  if (world->magic != WORLD_MAGIC) fault_end_bare(alone);
  mono_server = world->server;
  mono_space = world->space;
  mono_register();
}

// Called for every fault, before pager_refill.
EXO_API EXO_RESIDENT void
pager_part(uint32_t pc, uint32_t address)
{
  (void)address;
  faulting_pc = pc;
}

EXO_API EXO_RESIDENT int
pager_refill(uint32_t address, exo_rights access)
{
  uint32_t words[RPC_WORDS];

  words[0] = MONO_FAULT;
  words[1] = address;
  words[2] = access;
  words[3] = faulting_pc;
  return mono_call(words); //@step fault
}

// The server could not help. It is an answer if we looked at an address for the program, and its end otherwise.
EXO_API int
on_page_fault(struct upcall_frame *frame)
{
  if (frame->pc - (uint32_t)user_begin >= (uint32_t)(user_end - user_begin)) return 0;
  frame->pc = (uint32_t)user_failed;
  return 1;
}

// ---- the table that is not here ----

EXO_API EXO_RESIDENT int
pager_in_table(uint32_t address)
{
  (void)address;
  return 0;
}

EXO_API EXO_RESIDENT pte
pager_lookup(uint32_t address)
{
  (void)address;
  return 0;
}

EXO_API int
pager_enter(uint32_t address, pte entry)
{
  (void)address, (void)entry;
  return EXO_E_INVAL;
}

EXO_API void
pager_change(uint32_t address, pte entry)
{
  (void)address, (void)entry;
}

EXO_API int
pager_next(uint32_t *place, uint32_t *address, pte *entry)
{
  (void)place, (void)address, (void)entry;
  return 0;
}

EXO_API unsigned
pager_table_pages(void)
{
  return 0;
}

// The slot of the page that memory lies in, or an error.
EXO_API int
pager_slot(const void *memory)
{
  int slot;

  (void)*(const volatile char *)memory;
  slot = mono_call2(MONO_SLOT, (uint32_t)memory, 0);
  return slot > 0 ? slot : EXO_E_INVAL;
}

// ---- the heap ----

char *sys_sbrk(int bytes, int how);
char *sbrklazy(int bytes);

EXO_API char *
sys_sbrk(int bytes, int how)
{
  return (char *)mono_call2(MONO_SBRK, (uint32_t)bytes, (uint32_t)how);
}

EXO_API void *
sbrk(int bytes)
{
  return sys_sbrk(bytes, SBRK_LAZY);
}

EXO_API char *
sbrklazy(int bytes)
{
  return sys_sbrk(bytes, SBRK_LAZY);
}
