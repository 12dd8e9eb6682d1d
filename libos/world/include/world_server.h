// What the files of the server know of each other, and a server that takes the place of some of them (libos/monolith).
#ifndef WORLD_SERVER_H
#define WORLD_SERVER_H

#include <kernel/types.h>
#include <kernel/fcntl.h>
#include <kernel/fs.h>
#include <kernel/stat.h>
#include <kernel/world.h>
#include "libos.h"

// ---- block.c: blocks of the disk, kept in memory ----

struct block {
  uint number;
  uint used;       // when, in uses of any block
  ushort pins;     // users at this moment
  uint8_t valid;   // it holds a block
  uint8_t logged;  // changed by the transaction that is being made; it stays until the commit
  uint8_t *data;   // BSIZE bytes
};

extern struct superblock super;

void block_open(void);
struct block *block_get(uint number);
struct block *block_fresh(uint number); // its contents do not matter
void block_put(struct block *block);
void block_write_start(uint number, unsigned sectors, const void *from);
void block_barrier(void);

// ---- log.c: all of a transaction is on the disk or nothing ----

void log_recover(void);
void log_write(struct block *block);
void log_commit(void);
int log_room(unsigned blocks);

// ---- inode.c: files ----

struct inode {
  uint number;
  int users;       // open files, working directories, and calls that look at it; 0: this place is free
  struct dinode d; // as it is, or will be with the transaction, on the disk
};

struct inode *inode_get(uint number);
void inode_share(struct inode *inode);
void inode_put(struct inode *inode);
struct inode *inode_new(short type, ushort mode, ushort uid);
void inode_update(struct inode *inode);
void inode_truncate(struct inode *inode);
int inode_read(struct inode *inode, uint offset, void *to, uint count);
int inode_write(struct inode *inode, uint offset, const void *from, uint count);
void inode_reclaim(void);

// ---- directory.c: names ----

struct process;

struct inode *directory_look_up(struct inode *directory, const char *name, uint *offset);
int directory_enter(struct inode *directory, const char *name, uint number);
struct inode *path_find(struct process *process, const char *path);
struct inode *path_parent(struct process *process, const char *path, char name[DIRSIZ + 1]);
struct inode *path_create(struct process *process, const char *path, short type, ushort mode,
                          short major, short minor);
int path_link(struct process *process, const char *old, const char *new);
int path_unlink(struct process *process, const char *path);
int may(const struct process *process, const struct inode *inode, unsigned access);

#define MAY_READ    4u
#define MAY_WRITE   2u
#define MAY_EXECUTE 1u

// ---- space.c: environments of processes ----

struct space {
  exo_slot slot; // of its capability, 0: this place is free
  exo_env id;
  struct process *process;
  struct space *source; // from which it was forked, while it may read its pages
  uint fork;            // which fork of the source's it was, from 1
  uint forks;           // how many there were from it
  int dependants;
  int lends;   // no process is in it any more; it is kept for its dependants
  int is_dying; // we destroyed it, and have not heard of it yet
  int window_slot;
};

extern struct space spaces[WORLD_SPACES];
extern struct world_page *world_page;

void space_start(void);
struct space *space_new(struct process *process);
struct space *space_of(exo_env id);
void space_leave(struct space *space);
void space_cut(struct space *space);
void space_destroy(struct space *space);
void space_look(void);
int space_give(struct space *space);
void space_gone(struct space *space);
void *space_window(const struct space *space);
uint space_index(const struct space *space);

// ---- process.c ----

#define PROCESSES 64
#define FILES     100

struct process {
  int pid; // 0: this place is free
  int is_zombie;
  int status;
  struct process *parent;
  struct space *space;
  struct space *making; // an environment that it fills, for fork or exec
  struct inode *directory;
  ushort uid;
  uint32_t holds[(FILES + 31) / 32]; // open files, by number
  const void *waits;                 // what it waits for, while the answer was "not now"
  int is_leader;                     // init made it: a shell, which an interrupt leaves alone
  int ignores_interrupt;
  int interrupted;                   // control-C came while it read from the terminal, and it lives on
  char name[16];
};

extern struct process processes[PROCESSES];
extern struct process *first_process;

struct process *process_new(struct process *parent);
void process_forget(struct process *process);
void process_exit(struct process *process, int status);
void process_lost(struct process *process);
int process_wait(struct process *process, int *status);
int process_kill(int pid);
void process_interrupt(void);
void process_list(void);
void wake(const void *what);
int wait_for(struct process *process, const void *what);
int fork_begin(struct process *process, uint32_t words[]);
int fork_done(struct process *process, uint32_t pc, uint32_t argument);
int exec_begin(struct process *process, uint32_t words[]);
int exec_done(struct process *process, uint32_t pc, uint32_t argument, const char *name);
int cancel_new(struct process *process);
__attribute__((noreturn)) void world_end(int status);

// ---- file.c, pipe.c, tty.c: what is open ----

struct pipe;

struct file {
  int users; // processes that hold it
  enum { FILE_NONE, FILE_INODE, FILE_PIPE, FILE_TTY } type;
  int readable, writable, appends;
  struct inode *inode;
  struct pipe *pipe;
  uint offset;
};

extern struct file files[FILES];

int file_open(struct process *process, const char *path, unsigned flags, ushort mode);
int file_hold(struct process *process, int number);
void file_let_go(struct process *process, int number);
void file_copy_holds(struct process *from, struct process *to);
struct file *file_of(struct process *process, uint32_t number);
int file_close(struct process *process, uint32_t number);
int file_read(struct process *process, struct file *file, void *to, uint count);
int file_write(struct process *process, struct file *file, const void *from, uint count);
int file_stat(struct file *file, uint32_t words[]);
int file_seek(struct file *file, uint offset);
int file_pipe(struct process *process, uint32_t *write_end);
int file_console(struct process *process);

struct pipe *pipe_new(void);
void pipe_close(struct pipe *pipe, int writable);
int pipe_read(struct process *process, struct pipe *pipe, char *to, uint count);
int pipe_write(struct process *process, struct pipe *pipe, const char *from, uint count);

int tty_read(struct process *process, char *to, uint count);
int tty_write(const char *from, uint count);
void tty_take_input(void);

// ---- start.c: process 1 ----

int start_first(char *const argv[]);

// ---- calls.c ----

int world_serve(exo_env client, uint32_t words[RPC_WORDS]);
int serve(struct process *process, uint32_t words[RPC_WORDS]);
int serve_world(struct process *process, uint32_t words[RPC_WORDS]);
__attribute__((noreturn)) void world_fail(const char *why);

#endif
