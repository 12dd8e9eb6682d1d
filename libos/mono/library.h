// What the files of this library know of each other. Programs include user/user.h.
#ifndef MONO_LIBRARY_H
#define MONO_LIBRARY_H

#include <kernel/types.h>
#include <kernel/mono.h>
#include "libos.h"

#define WINDOW_DATA ((char *)WINDOW)

// ---- call.c ----

void mono_start(const struct exo_boot *boot);
void mono_register(void);
int mono_call(uint32_t words[RPC_WORDS]);
int mono_call0(uint32_t number);
int mono_call2(uint32_t number, uint32_t a, uint32_t b);
int mono_path(uint32_t number, const char *path, uint32_t a, uint32_t b);

extern exo_env mono_server;
extern uint32_t mono_space;
extern int mono_slot;

// ---- copy.S: an address that a program gives us; a fault there is the answer -1 ----

int user_copy(void *to, const void *from, uint32_t count);
int user_string(char *to, const char *from, uint32_t most); // its length with the 0
int user_probe(const void *address, uint32_t count, int writable);
extern char user_begin[], user_end[], user_failed[];

// ---- fork.S ----

void fork_child(void *context);

#endif
