// Calls to the server of the world.
#include <string.h>
#include <stdlib.h>
#include "library.h"

EXO_RESIDENT_BSS struct identity identity;

// A predicate's terms must lie in one page.
static EXO_RESIDENT_BSS struct exo_term terms[2] __attribute__((aligned(32)));

EXO_STEP_THROUGH(world_call);
EXO_STEP_THROUGH(call0);
EXO_STEP_THROUGH(call2);
EXO_STEP_THROUGH(call_path);

// Sleeps until a word of the world page is (or is not) a value.
static void
sleep_on(const volatile void *word, uint32_t relation, uint32_t value)
{
  terms[0].slot = SLOT_WORLD_PAGE;
  terms[0].where = (uint32_t)word % EXO_PAGE_SIZE | relation << 16;
  terms[0].value = value;
  exo_sleep_until((uint32_t)pager_slot(terms), (uint32_t)terms % EXO_PAGE_SIZE, 1);
}

// Somebody else's call is being served. Lends the server our slice, or waits with it for the disk.
static void
let_server_work(void)
{
  if (exo_yield(identity.server) < 0) sleep_on(&WORLD->busy, EXO_RELATION_EQUAL, 0);
}

// Calls the server and waits for its answer. Words come back changed. Returns its status.
EXO_API int
world_call(uint32_t words[RPC_WORDS])
{
  uint32_t message[RPC_WORDS];

  for (;;) {
    int status;

    memcpy(message, words, sizeof message);
    status = rpc_try(identity.server, message); //@step world-call
    // It serves nothing yet when the first process is faster than it (EXO_E_ENTRY).
    if (status == EXO_E_BUSY || status == EXO_E_ENTRY) {
      let_server_work();
    } else if (status == WORLD_AGAIN) {
      sleep_on(&WORLD->space[identity.space].news, EXO_RELATION_NOT_EQUAL, message[1]);
    } else if (status == EXO_E_DEAD || status == EXO_E_ENV) {
      exo_env_destroy(0); // a world without its server has nothing for us
    } else {
      memcpy(words, message, sizeof message);
      return status;
    }
  }
}

EXO_API int
call2(enum world_call number, uint32_t a, uint32_t b)
{
  uint32_t words[RPC_WORDS] = {number, a, b};

  return world_call(words);
}

EXO_API int
call0(enum world_call number)
{
  return call2(number, 0, 0);
}

// A call on a path, which travels in the window.
EXO_API int
call_path(enum world_call number, const char *path, uint32_t a, uint32_t b)
{
  if (!string_allows(path, WORLD_PATH)) return -1;
  strcpy(WINDOW_DATA, path);
  return call2(number, a, b);
}
