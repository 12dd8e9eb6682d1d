// What the library in a process (libos/v6) and the server of its world (libos/world) agree on.
//
// A world is one environment without privilege that keeps what its processes share: the file system, the table of processes, pipes
// and the terminal. A process calls it by synchronous protected control transfer. Everything else of UNIX is in the library, in
// the process's own address space.
#ifndef KERNEL_WORLD_H
#define KERNEL_WORLD_H

#include <exo.h>

// ---- the address space of a process, above its stack ----

#define WORLD_PAGE 0x7ffe1000u // struct world_page, read only: the server writes it
#define WINDOW     0x7ffe2000u // a page that process and server share, for what does not fit into registers
#define COPY_AT    0x7ffe4000u // where the library sees a page that it copies (COPY_DEPTH of them)
#define COPY_DEPTH 4

// Slots of capabilities that the server puts into a new environment.
#define SLOT_WINDOW     8
#define SLOT_WORLD_PAGE 9
#define SLOT_SLICE      10

// ---- the page that all processes of a world may read ----

#define WORLD_MAGIC  0x646c7277u // "wrld"
#define WORLD_SPACES 128         // environments of processes there can be, with those that only keep pages

struct world_space {
  uint32_t news;       // grows when something may have come that the process waits for
  uint32_t pid;        // 0: no process is there
  uint32_t dependants; // spaces that were forked from it and may still read its pages
  uint32_t orphan;     // 1: the process that it was forked from is gone, and only lends its pages
};

struct world_page {
  uint32_t magic;
  uint32_t server;        // the world's environment
  volatile uint32_t busy; // the server is in a call (it may be waiting for the disk)
  uint32_t unused;
  struct world_space space[WORLD_SPACES];
};

// ---- what a program finds at the end of its boot pages ----

#define NOFILE_MAX 16 // open files of a process

struct unix_boot {
  uint32_t magic; // WORLD_MAGIC
  uint32_t server;
  uint32_t space; // its place in the world page
  uint32_t pid;
  int8_t file[NOFILE_MAX]; // of each descriptor the open file's number in the world, or -1
  struct exo_image image;  // for debuggers
};

// ---- calls ----
//
// Word 0 is the number, the others are arguments; the reply's status is the result or an error. Data and paths are in the
// window. Open files are named by their number in the world: descriptors are the library's.

enum world_call {
  WORLD_EXIT = 1,     // (status); no reply
  WORLD_WAIT,         // () -> pid; word 1: the status
  WORLD_KILL,         // (pid)
  WORLD_FORK_BEGIN,   // () -> slot of the new environment's capability, offered; words: environment, space, pid, how many numbers of
                      // forks whose spaces still depend are in the window
  WORLD_FORK_DONE,    // (pc, argument) -> pid
  WORLD_EXEC_BEGIN,   // () -> slot, offered; words: environment, space
  WORLD_EXEC_DONE,    // (pc, argument, name's length); name in the window; no reply when it succeeds
  WORLD_NEW_CANCEL,   // () drops what a BEGIN began
  WORLD_EMANCIPATED,  // () the caller reads no page of the process that it was forked from any more
  WORLD_PARENT,       // () -> pid of the parent
  WORLD_INTERRUPT,    // (1: an interrupt does not end the caller, nor what it forks; 0: it does)
  WORLD_GETUID,       // () -> uid
  WORLD_SETUID,       // (uid)
  WORLD_OPEN,         // (flags, mode); path -> open file
  WORLD_CLOSE,        // (file)
  WORLD_READ,         // (file, count) -> bytes in the window
  WORLD_WRITE,        // (file, count); bytes in the window -> count
  WORLD_FSTAT,        // (file) -> words: dev, ino, type, nlink, size, mode, uid
  WORLD_PIPE,         // () -> read end; word 1: write end
  WORLD_LINK,         // (offset of the second path); two paths
  WORLD_UNLINK,       // path
  WORLD_MKDIR,        // path
  WORLD_MKNOD,        // (major, minor); path
  WORLD_CHDIR,        // path
  WORLD_CHMOD,        // (mode); path
  WORLD_CHOWN,        // (uid); path
  WORLD_SEEK,         // (file, offset): for the loader
  WORLD_CALLS
};

// A reply that says: not now. Word 1 is the caller's `news`; sleep until it is another, and ask again.
#define WORLD_AGAIN (-100)

#define WORLD_PATH 128 // bytes of a path with its 0, as MAXPATH (kernel/param.h)
#define WORLD_TO_EXECUTE 0x10000 // a flag of WORLD_OPEN: the caller wants to run the file

#endif
