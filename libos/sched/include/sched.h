// A scheduler as a program: it owns slices and hands each of them out, by a yield to who shall run.
#ifndef SCHED_H
#define SCHED_H

#include <libos.h>

#define SCHED_CLIENTS 64
#define SCHED_TICKETS 1000 // that one client may have

struct sched_client {
  exo_env id;
  uint32_t tickets; // its share
  uint32_t stride, pass;
  uint32_t slices; // how many it was given
  int passed_over; // it could not run in this round
};

struct sched {
  struct sched_client clients[SCHED_CLIENTS]; // the first `count`, in no order
  int count;
  struct sched_client *(*choose)(struct sched *sched); // sched_stride or sched_lottery
  uint32_t pass;                                       // of who was chosen last
  uint32_t random;                                     // the lottery's state: its seed, not 0
  uint32_t guest_tickets; // what those get at most who ask by themselves; 0: they get nothing
  uint32_t looked_at;     // index of the record that was looked at last for such
};

// The policies. Each returns the next client that was not passed over, or 0.
struct sched_client *sched_stride(struct sched *sched);
struct sched_client *sched_lottery(struct sched *sched);
uint32_t sched_random(uint32_t *state);

// Adds a client. Returns 0, or EXO_E_NONE, or EXO_E_INVAL for a number of tickets that makes no
// sense.
int sched_add(struct sched *sched, exo_env id, uint32_t tickets);
struct sched_client *sched_find(struct sched *sched, exo_env id);

// Hands out the rest of the slice that runs. Returns the client that had it when we run again, or 0
// when nobody could run; a client that is dead is removed on the way. The pointer holds until the
// next call.
struct sched_client *sched_slice(struct sched *sched);

// Sleeps for a slice: for when nobody can run.
void sched_idle(void);

// A client asks for tickets by a word of its record, where the scheduler looks once in a while: one
// record at each slice.
#define SCHED_WORD 13
int sched_ask(uint32_t tickets);
void sched_look(struct sched *sched);

#endif
