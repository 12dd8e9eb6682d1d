// What the files of this server know of each other. What is not here is the world's (world_server.h).
#ifndef MONOLITH_SERVER_H
#define MONOLITH_SERVER_H

#include <world_server.h>
#include <kernel/mono.h>

// ---- page.c: physical memory, by page number; a page may be in several address spaces ----

int pages_left(unsigned count);
int page_take(void);
void page_share(int page);
void page_drop(int page);
int page_users(int page);
int page_give(int page, const struct space *space, exo_slot slot, exo_rights rights);
int page_copy(int to, int from);

// ---- memory.c: address spaces ----

#define PINS    8
#define RECENT  4
#define BUCKETS 256

// Of a page in an address space, by the slot of its capability there.
#define ENTRY_RIGHTS     7u
#define ENTRY_VALID      8u
#define ENTRY_GUARANTEED 16u
#define ENTRY_COW        32u // it may be written to, by a copy or when nobody else has it
#define ENTRY_FIXED      64u // the window and the world's page: none of page.c's

struct memory {
  uint32_t heap_start, heap_end;
  uint32_t entry[EXO_MAX_SLOTS]; // address and flags, 0: the slot is free
  uint16_t page[EXO_MAX_SLOTS];  // 1 + its number
  uint16_t next[EXO_MAX_SLOTS];  // with the same hash: a slot, 0: no more
  uint16_t bucket[BUCKETS];
  uint32_t pinned[PINS];
  unsigned next_pin;
  uint32_t fault_pc, recent[RECENT]; // pages that the instruction there faulted on
  unsigned next_recent;
};

struct memory *memory_of(const struct space *space);
int memory_open(struct space *space);
void memory_enter(struct memory *memory, exo_slot slot, uint32_t address, uint32_t flags);
exo_slot memory_slot(const struct memory *memory, uint32_t address);
int memory_fault(struct space *space, uint32_t address, exo_rights access, uint32_t pc);
int memory_fork(struct space *parent, struct space *child);
void memory_seal(struct space *space);
int memory_sbrk(struct space *space, int bytes, int eager);

// ---- program.c, fork.c ----

int program_load(struct process *process, struct space *space, const char *path, char *const argv[]);
int program_exec(struct process *process, uint32_t count);
int fork_all(struct process *process, uint32_t pc, uint32_t argument, uint32_t image);

// ---- serve.c ----

extern int8_t descriptors[PROCESSES][NOFILE_MAX];
extern uint64_t wakes_at[PROCESSES];
int8_t *descriptors_of(const struct process *process);

#endif
