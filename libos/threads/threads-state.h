// What the files of the thread library share among themselves.
#ifndef THREADS_STATE_H
#define THREADS_STATE_H

#include <threads.h>

#define STATE_RUNNING 0
#define STATE_READY   1
#define STATE_WAITING 2

// In thread_news: what upcalls said while the library was busy.
#define NEWS_END_OF_SLICE 1u
#define NEWS_DISK         2u
#define NEWS_CONSOLE      4u

// Stacks lie in slots of this size, from the top of the region downward; below each stack the slot
// is empty: the guard.
#define STACK_SLOT_BYTES (256 * 1024)
#define STACKS_END       PAGER_WINDOW
#define STACKS_BEGIN     (STACKS_END - THREADS_MAX * STACK_SLOT_BYTES)

extern struct exo_threads exo_threads;
extern struct thread thread_table[THREADS_MAX];
extern struct thread_queue thread_ready;
extern struct thread_queue thread_outside; // who waits for something that is no other thread's act
extern int thread_started;
extern struct pager_region thread_stacks;

// More than 0: the library's own data are being changed, and upcalls only leave word. Both are
// resident: they are read where nothing may fault.
extern volatile int thread_critical;
extern volatile uint32_t thread_news;
extern uint32_t thread_upcalls;

void thread_start_switching(void);
void thread_block(enum thread_wait wait, void *object, struct thread_queue *queue);
void thread_wake(struct thread *thread);
int thread_wake_first(struct thread_queue *queue);
int thread_can_block(void);
void thread_look_for_events(int ask_kernel);
void thread_take_messages(void);
void thread_ended(struct thread *thread);
__attribute__((noreturn)) void thread_begin(void);
__attribute__((noreturn)) void thread_deadlock(void);
__attribute__((noreturn)) void thread_stack_overflow(struct upcall_frame *frame);

void queue_add(struct thread_queue *queue, struct thread *thread);
void queue_remove(struct thread_queue *queue, struct thread *thread);

struct upcall_frame *thread_next(struct upcall_frame *frame);

// switch.S
void thread_start(void);
void thread_switch(struct upcall_frame *context);
__attribute__((noreturn)) void thread_abandon(struct upcall_frame *frame);
__attribute__((noreturn)) void thread_go_on(void);
void thread_sleep(struct upcall_frame *frame, uint32_t call, uint32_t page, uint32_t offset,
                  uint32_t count);
int thread_transfer(exo_env target, uint32_t port, const uint32_t words[CHANNEL_WORDS]);
void thread_copy(struct upcall_frame *to, const struct upcall_frame *from);

static inline struct thread *
thread_current(void)
{
  return (struct thread *)exo_threads.current;
}

#endif
