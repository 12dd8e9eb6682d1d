// Procedure calls to other environments: names, stubs, rings in shared pages, pages by capability.
//
// docs/rpc.md says what protects and what is merely honoured.
#ifndef RPC_H
#define RPC_H

#include <libos.h>

// ---- stubs (procedure.S, procedure.c) ----

// What a server offers. Six words come in registers, as to any procedure; the client's id is the
// kernel's word.
typedef int rpc_procedure(exo_env client, uint32_t a, uint32_t b, uint32_t c, uint32_t d,
                          uint32_t e, uint32_t f);

// Calls it. Returns what the procedure returned, or the kernel's error: EXO_E_BUSY while it serves
// another, EXO_E_ENTRY before it serves, EXO_E_ENV when there is no such environment.
//
// A trusting caller saves nothing: that the server gives back s0..s11, sp and gp as they were is
// taken for granted, and its death is the caller's. A distrusting caller saves what it needs, shows
// the server no register but the six words (and where its stack is), and gets EXO_E_DEAD when the
// server dies.
int rpc_trusting(exo_env server, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e,
                 uint32_t f);
int rpc_distrusting(exo_env server, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e,
                    uint32_t f);

// Whoever calls synchronously gives its slices away until the server replies, if ever. This one
// calls by asynchronous transfer and gives up at a step of the clock: EXO_E_AGAIN, or EXO_E_DEAD
// when the server has died meanwhile. The caller saves its own registers from then on
// (exo_slices_enable). The server needs a slice of its own, or finishes within the caller's.
#define RPC_ARGUMENTS 6
int rpc_call_by(exo_env server, const uint32_t words[RPC_ARGUMENTS], uint64_t deadline);

// Whether a call came too early and is worth another attempt. Lends the server the rest of the
// slice, so that there is progress.
int rpc_early(exo_env server, int status);

// Serves calls of all three kinds with one procedure, for ever. RPC_PRESERVE gives callers
// s0..s11, sp and gp back as they were; RPC_CLEAR clears the other registers, too, so that no
// caller sees what is left in them of the work for another.
#define RPC_PRESERVE 0
#define RPC_CLEAR    1
__attribute__((noreturn)) void rpc_serve_procedure(rpc_procedure *procedure, int how);

// ---- names (names.c, name_server.c) ----

// The name server is who owns this position of the slice vector. The kernel sees to it that this is
// one environment at most, and shows everybody which.
#define NAMES_POSITION (EXO_MAX_SLICE_VECTOR - 1)
#define NAMES_BYTES    20 // a name's length at most
#define NAMES_EACH     4  // names that one environment may have

// The name server's id; EXO_E_NONE when there is none. After it has died this is EXO_E_DEAD once,
// so that a successor is not trusted unnoticed.
int names_server(void);

int names_register(const char *name);  // 0; EXO_E_TAKEN, EXO_E_NONE when one has enough
int names_find(const char *name);      // the id of who has it; EXO_E_NONE
int names_wait(const char *name);      // the same, but waits for a while until somebody has it
int names_withdraw(const char *name);  // 0; EXO_E_NONE when the caller has no such name

// Serves names. `names_give` says beforehand who has a name, so that nobody takes it first. Both
// return an error: EXO_E_TAKEN when another is the name server, or has the name.
int names_give(const char *name, exo_env owner);
int names_serve(void);

// ---- rings (ring.c) ----

// Messages from one environment to another and back, in two pages: each side writes its own and
// can only read the other's. A side is one consumer and one producer.
#define RING_WORDS 8
#define RING_SLOTS 64

struct ring_page {
  uint32_t head; // how many messages this page's owner ever put
  uint32_t tail; // how many of the other's it ever took
  uint32_t unused[14];
  uint32_t slots[RING_SLOTS][RING_WORDS];
};

struct ring {
  volatile struct ring_page *mine;
  const volatile struct ring_page *theirs;
  exo_slot my_slot, their_slot;
  exo_env peer;
  // What is in the pages again, where the other side cannot make it something else: our own
  // counters, and how far the other's had been seen to be.
  uint32_t head, tail, their_head, their_tail;
};

// Makes our page, at `address`, and lets the other read it; theirs will be on the next page.
// Returns the slot that the other is to be told, or an error.
int ring_open(struct ring *ring, uint32_t address, exo_env peer);
// Binds the other's page: the slot is what the other was returned. Returns 0 or an error.
int ring_join(struct ring *ring, exo_slot slot);
void ring_close(struct ring *ring);
// Both steps at once, for two that know each other's ids and do this at about the same time. It
// uses a word of our record. Returns 0, EXO_E_AGAIN at the deadline, EXO_E_DEAD, or an error.
#define RING_MEETING_WORD 14
int ring_meet(struct ring *ring, uint32_t address, exo_env peer, uint64_t deadline);

// Return 0; EXO_E_BUSY when there is no room, EXO_E_AGAIN when there is no message; EXO_E_INVAL
// when the other's counters make no sense, EXO_E_DEAD when its page is gone.
int ring_put(struct ring *ring, const uint32_t words[RING_WORDS]);
int ring_get(struct ring *ring, uint32_t words[RING_WORDS]);

// Sleep until there is room or a message, or until a step of the clock (RPC_NEVER: however long).
// Return 0, EXO_E_AGAIN at the deadline, or an error as above.
#define RPC_NEVER (~0ull)
int ring_wait_put(struct ring *ring, uint64_t deadline);
int ring_wait_get(struct ring *ring, uint64_t deadline);

// Puts a message and waits for one: a call, where the other side answers each.
int ring_call(struct ring *ring, uint32_t words[RING_WORDS], uint64_t deadline);

// Wakes the other side by an asynchronous transfer, which lends it the rest of this slice: for who
// rests and has no slices. It takes messages in on_transfer_async. Returns 0 or an error.
int ring_wake(struct ring *ring);
// What such a side calls before it rests, unless it serves procedures.
void rpc_register_async(void);

// ---- pages (bulk.c) ----

// Lets another environment have one of our pages with some rights. Returns the slot that the other
// is to be told, or an error. No byte is copied.
int bulk_offer(const void *page, exo_env to, exo_rights rights);
// Puts a page that is offered to us at an address. Returns 0 or an error: EXO_E_OFFER where it is
// offered no longer.
int bulk_accept(exo_env from, exo_slot slot, uint32_t address, exo_rights rights);
// Gives up what was accepted. Returns 0 or an error.
int bulk_release(uint32_t address);
// Takes a page back from everybody who has it through us. Returns how many had.
int bulk_revoke(const void *page);

// ---- the kernel's records (state.c) ----

uint64_t rpc_clock(void);     // steps since power on
int rpc_alive(exo_env id);    // whether an environment of this id lives
int rpc_at(uint32_t index);   // the id of who lives at an index of the records; 0: nobody
int rpc_word(exo_env id, uint32_t index, uint32_t *word); // one of its sixteen words, or EXO_E_DEAD
int rpc_slice_owner(uint32_t position); // id of who owns a slice; 0: nobody

#endif
