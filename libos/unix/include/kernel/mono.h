// What a process of mono (libos/mono) and the server (libos/monolith) agree on besides kernel/world.h: the calls that in v6 are
// functions of the library. A call on a file takes a descriptor where kernel/world.h says an open file's number, and the calls by
// which a process of v6 fills another environment are refused.
#ifndef KERNEL_MONO_H
#define KERNEL_MONO_H

#include <kernel/world.h>

enum mono_call {
  MONO_FAULT = WORLD_CALLS, // (address, access, pc) -> 1: try again; 0: nothing can be mended
  MONO_FORK,                // (pc, argument, address of the struct exo_image) -> pid; the child's place in the world page is in its window
  MONO_EXEC,                // (count); path in the window, the arguments at MONO_ARGUMENTS; no reply when it succeeds
  MONO_SBRK,                // (bytes, how) -> address, or -1
  MONO_DUP,                 // (descriptor) -> descriptor
  MONO_GETPID,              // () -> pid
  MONO_UPTIME,              // () -> ticks
  MONO_SLEEP,               // (ticks) -> 0, or MONO_LATER
  MONO_SLOT                 // (address) -> slot of the page's capability
};

// A reply that says: not before a step of the clock, which is in words 1 and 2. Ask again then.
#define MONO_LATER (-101)

// Where the arguments of exec begin in the window, one behind the other.
#define MONO_ARGUMENTS WORLD_PATH

#endif
