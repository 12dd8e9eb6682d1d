// What the files of this library know of each other. Programs include user/user.h.
#ifndef LIBRARY_H
#define LIBRARY_H

#include <kernel/types.h>
#include <kernel/world.h>
#include "libos.h"

// Who this process is. Resident, since a child finds its own by a copy of this page (fork.c).
struct identity {
  exo_env server, own;
  uint32_t space; // its place in the world page
  int pid;
};
extern struct identity identity;

#define WORLD       ((const volatile struct world_page *)WORLD_PAGE)
#define WINDOW_DATA ((char *)WINDOW)

// ---- call.c ----

int world_call(uint32_t words[RPC_WORDS]);
int call0(enum world_call number);
int call2(enum world_call number, uint32_t a, uint32_t b);
int call_path(enum world_call number, const char *path, uint32_t a, uint32_t b);

// ---- memory.c: pages of our own, shared after a fork, copied when written ----

#define PAGE_PRESENT   1u // in a child's table after a fork
#define PAGE_COW       2u // it may be written to, by a copy or when nobody else reads it
#define PAGE_INHERITED 4u // the process that we were forked from owns it
#define PAGE_LENT      8u // not in our table any more: kept for children that read it

// By the slot of the page's capability.
extern uint8_t page_flags[EXO_MAX_SLOTS];
extern uint8_t child_flags[EXO_MAX_SLOTS];
extern uint16_t page_birth[EXO_MAX_SLOTS]; // forks before the page was ours alone: the later ones share it
extern uint16_t page_last[EXO_MAX_SLOTS];  // of a lent page the last fork that shares it
extern uint16_t forks;
extern uint16_t dependants[WORLD_SPACES]; // forks that may still read our pages, as of the last fork
extern unsigned dependant_count;
extern unsigned copy_depth;

int memory_left(unsigned pages);
int memory_own(uint32_t address);
int memory_fill(uint32_t address);
void memory_reclaim(void);
void memory_emancipate(void);
void memory_drop(uint32_t address);
int memory_is_stack(uint32_t address, uint32_t sp);
void page_copy(void *to, const void *from); // copy.S

// ---- range.c: addresses that a program gives us ----

int range_allows(const void *address, uint32_t count, exo_rights rights);
int string_allows(const char *string, uint32_t most);

// ---- fork.S, fork.c ----

int fork_now(void *context);
void fork_started(void);
void fork_child(void *context);

// ---- file.c ----

extern int8_t descriptors[NOFILE_MAX];

#endif
