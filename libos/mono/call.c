// The calls of a process: each goes to the server. What lies here is what on other machines is an instruction that traps: it puts
// words into registers, crosses, and sleeps when the answer is "not now".
//
// All of it is resident, because page faults are such calls, too.
#include <string.h>
#include "library.h"
#include "rpc_state.h"

EXO_RESIDENT_BSS exo_env mono_server;
EXO_RESIDENT_BSS uint32_t mono_space; // our place in the world's page
EXO_RESIDENT_BSS int mono_slot;       // of the page that the terms are in; 0: not known yet

// A predicate's terms must lie in one page.
static EXO_RESIDENT_BSS struct exo_term terms[2] __attribute__((aligned(32)));

int rpc_transfer(exo_env target, uint32_t words[RPC_WORDS]);
void rpc_entry(void);
void rpc_died(void);
extern uint32_t rpc_waiting[4];

EXO_STEP_THROUGH(mono_call);
EXO_STEP_THROUGH(mono_call0);
EXO_STEP_THROUGH(mono_call2);
EXO_STEP_THROUGH(mono_path);

EXO_API EXO_RESIDENT void
mono_register(void)
{
  rpc_waiting[RPC_RESUME / 4] = 0;
  rpc_waiting[RPC_REGISTERED / 4] = 1;
  exo_env_set_entry(0, EXO_ENTRY_TRANSFER, (uintptr_t)rpc_entry);
  exo_env_set_entry(0, EXO_ENTRY_CALLEE_DIED, (uintptr_t)rpc_died);
}

static EXO_RESIDENT void
sleep_until(uint32_t count)
{
  exo_sleep_until((exo_slot)mono_slot, (uint32_t)terms % EXO_PAGE_SIZE, count);
}

// Sleeps until a word of the world's page is (or is not) a value.
static EXO_RESIDENT void
sleep_on(uint32_t offset, uint32_t relation, uint32_t value)
{
  terms[0].slot = SLOT_WORLD_PAGE;
  terms[0].where = offset | relation << 16;
  terms[0].value = value;
  sleep_until(1);
}

static EXO_RESIDENT void
sleep_to(uint32_t low, uint32_t high)
{
  terms[0].slot = EXO_ANY;
  terms[0].where = EXO_RELATION_AT_LEAST << 16;
  terms[0].value = low;
  terms[0].high = high;
  sleep_until(1);
}

// Somebody else's call is being served, or the server has just begun and serves none yet. Lends the server our slice, or waits with it for the disk.
static EXO_RESIDENT void
let_server_work(void)
{
  if (exo_yield(mono_server) >= 0) return;
  if (mono_slot)
    sleep_on(offsetof(struct world_page, busy), EXO_RELATION_EQUAL, 0);
  else
    exo_yield(0);
}

static EXO_RESIDENT uint32_t
news_at(void)
{
  return offsetof(struct world_page, space) + mono_space * sizeof(struct world_space);
}

// Calls the server and waits for its answer. Words come back changed. Returns its status.
EXO_API EXO_RESIDENT int
mono_call(uint32_t words[RPC_WORDS])
{
  uint32_t message[RPC_WORDS];

  for (;;) {
    int status;

    for (int i = 0; i < RPC_WORDS; i++) message[i] = words[i];
    status = rpc_transfer(mono_server, message); //@step mono-call
    if (status == EXO_E_BUSY || status == EXO_E_ENTRY) {
      let_server_work();
    } else if (status == WORLD_AGAIN) {
      sleep_on(news_at(), EXO_RELATION_NOT_EQUAL, message[1]);
    } else if (status == MONO_LATER) {
      sleep_to(message[1], message[2]);
    } else if (status == EXO_E_DEAD || status == EXO_E_ENV) {
      exo_env_destroy(0); // with its server a process has lost everything: files, memory, its very page table
    } else {
      for (int i = 0; i < RPC_WORDS; i++) words[i] = message[i];
      return status;
    }
  }
}

EXO_API EXO_RESIDENT int
mono_call2(uint32_t number, uint32_t a, uint32_t b)
{
  uint32_t words[RPC_WORDS];

  words[0] = number;
  words[1] = a;
  words[2] = b;
  return mono_call(words);
}

EXO_API EXO_RESIDENT int
mono_call0(uint32_t number)
{
  return mono_call2(number, 0, 0);
}

// A call on a path, which travels in the window.
EXO_API int
mono_path(uint32_t number, const char *path, uint32_t a, uint32_t b)
{
  if (user_string(WINDOW_DATA, path, WORLD_PATH) < 0) return -1;
  return mono_call2(number, a, b);
}
