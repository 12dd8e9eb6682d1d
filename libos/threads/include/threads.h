// Threads of one environment, made and switched by the library. The kernel knows none of them: it
// sees one environment that saves its own registers, and a switch between two threads does not
// enter it.
//
// What waits (for the disk, the clock, the console, a page, a message, another thread) is one
// thread; the others run. The environment sleeps only when no thread is ready. A slice that ends
// preempts the thread that runs, and at the begin of the next one pick_next chooses another.
#ifndef THREADS_H
#define THREADS_H

#include <libos.h>

#define THREADS_MAX        32
#define THREAD_NAME_BYTES  24
#define THREAD_LINE_BYTES  128
#define THREAD_STACK_BYTES (64 * 1024)

// What a thread waits for.
enum thread_wait {
  THREAD_WAITS_FOR_NOTHING,
  THREAD_WAITS_FOR_MUTEX,
  THREAD_WAITS_FOR_CONDITION,
  THREAD_WAITS_TO_SEND,
  THREAD_WAITS_TO_RECEIVE,
  THREAD_WAITS_TO_JOIN,
  THREAD_WAITS_FOR_DISK,
  THREAD_WAITS_FOR_PAGE,
  THREAD_WAITS_FOR_CLOCK,
  THREAD_WAITS_FOR_CONSOLE,
  THREAD_WAITS_FOR_UPCALL,
  THREAD_WAITS_FOR_PREDICATE,
};

typedef int thread_function(void *argument);

struct thread_queue {
  struct thread *first, *last;
};

struct thread {
  struct exo_thread shown;     // what a debugger reads: next, id, name, state, registers
  struct thread *next;         // in the queue in which it is: of those that are ready, or that wait
  struct upcall_frame context; // its registers while it does not run
  char name[THREAD_NAME_BYTES];
  unsigned share, pass; // for pick_next's own use: 1 and 0 at first
  uint32_t picked;      // how often it was chosen

  enum thread_wait wait;
  void *waits_for; // a mutex, condition, channel or thread
  uint64_t until;  // the step at which it wakes
  int request;     // of the disk
  int (*finish)(void *page, int status);
  void *page;
  uint32_t upcalls_seen;
  uint32_t predicate[3]; // page's slot, offset, count

  thread_function *function;
  void *argument;
  int result;
  int is_over;
  struct thread_queue joining; // who waits for its end
  uint32_t stack;              // where its stack begins; 0 for main's
  unsigned line_length;
  char line[THREAD_LINE_BYTES]; // what it has printed of the present line
};

// ---- threads ----

// A new thread that runs function(argument), or 0 when there are too many. It is ready: it runs
// when it is picked.
struct thread *thread_create(const char *name, thread_function *function, void *argument);
// Ends the thread that calls. What its function returns is the same.
__attribute__((noreturn)) void thread_exit(int result);
// Waits for a thread's end, frees it, and returns its result. Each thread is joined once.
int thread_join(struct thread *thread);
// Lets another thread that is ready run.
void thread_yield(void);
struct thread *thread_self(void);

// Who runs next: one of those that are ready, which are linked by `next`, the one that waits
// longest first. There is at least one. The default takes the first: round robin.
struct thread *pick_next(struct thread *ready);

// Keeps the registers that an upcall saved as a thread's, before another thread runs.
void thread_save(struct thread *thread, const struct upcall_frame *frame);

// ---- the clock ----

uint64_t thread_clock(void); // steps since power on
void thread_sleep_until(uint64_t step);

// ---- mutexes and condition variables: all zeros at first, or with a name ----

struct mutex {
  const char *name;
  struct thread *owner;
  struct thread_queue waiting;
};

void mutex_lock(struct mutex *mutex);
int mutex_try(struct mutex *mutex); // 1 when it was free
void mutex_unlock(struct mutex *mutex);

struct condition {
  const char *name;
  struct thread_queue waiting;
};

void condition_wait(struct condition *condition, struct mutex *mutex);
void condition_signal(struct condition *condition);
void condition_broadcast(struct condition *condition);

// ---- channels: all zeros at first, or with a name ----

#define CHANNEL_WORDS    5
#define CHANNEL_MESSAGES 8

struct message {
  exo_env from; // 0: a thread of ours; else the environment that sent it, by the kernel's word
  uint32_t words[CHANNEL_WORDS];
};

struct channel {
  const char *name;
  unsigned first, count;
  struct message messages[CHANNEL_MESSAGES];
  struct thread_queue senders, receivers;
  uint32_t port; // 0: only our own threads send
  struct channel *next_open;
  uint32_t lost; // messages of other environments that found it full
};

// Between threads. The sender waits while the channel is full, the receiver while it is empty.
void channel_send(struct channel *channel, const uint32_t words[CHANNEL_WORDS]);
void channel_receive(struct channel *channel, struct message *message);
int channel_try_receive(struct channel *channel, struct message *message); // 1 when there was one

// From other environments: what they send to the port arrives in the channel. An asynchronous
// transfer has no reply, so nobody can be made to wait: a message that finds the channel full is
// lost, and counted.
void channel_open(struct channel *channel, uint32_t port);
// Sends to a port of another environment, which gets the rest of this slice. Returns 0, or an
// error: EXO_E_BUSY or EXO_E_ENTRY when it cannot be entered for long, EXO_E_ENV when there is
// none.
int channel_send_to(exo_env environment, uint32_t port, const uint32_t words[CHANNEL_WORDS]);

// ---- memory that is fetched from the disk ----

// Gives `pages` pages from an address on the contents of an extent, from a sector on. Each is read
// when it is first touched, and only the thread that touches it waits. What is written stays in
// memory. Returns 0 or an error.
int thread_map_extent(uint32_t address, unsigned pages, exo_slot extent, uint32_t sector,
                      exo_rights rights);

#endif
