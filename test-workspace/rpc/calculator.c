// A server that is found by its name. It runs on its callers' time, and owns a slice only to begin
// with.
//
// Argument 1: `clear` leaves nothing of its work in the registers; `never` never replies,
// and ends after a while.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <rpc.h>
#include "calculator.h"

#define PAGE_AT 0x50000000u // where a client's page is put
#define RING_AT 0x50010000u

static struct ring ring;
static int never;

// The page is the client's, and comes by capability: not a byte of it is copied.
static int
sum_of_page(exo_env client, exo_slot slot)
{
  const uint32_t *page = (const uint32_t *)PAGE_AT;
  uint32_t sum = 0;
  int error = bulk_accept(client, slot, PAGE_AT, EXO_RIGHT_READ); //@step accept

  if (error < 0) return error;
  // The client may take it back while we read: then a plain load would be our end.
  for (uint32_t i = 0, word; i < EXO_PAGE_SIZE / 4 && error == 0; i++) {
    error = careful_copy(&word, &page[i], sizeof word);
    if (error == 0) sum += word;
  }
  bulk_release(PAGE_AT); //@step release
  return error < 0 ? error : (int)sum;
}

static int
open_ring(exo_env client, exo_slot slot)
{
  int mine, error;

  if (ring.mine) return EXO_E_BUSY; // one client has it
  mine = ring_open(&ring, RING_AT, client);
  error = mine < 0 ? mine : ring_join(&ring, slot); //@step join
  if (error < 0) ring.mine = 0;
  return error < 0 ? error : mine;
}

// Runs for each call. The words are in registers, as for any procedure.
static int
calculate(exo_env client, uint32_t what, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e)
{
  (void)c, (void)d, (void)e;
  if (never) {
    for (volatile int i = 0; i < 300000; i++) //@step never
      ;
    exit(0); // nobody got a reply
  }
  switch (what) {
  case ADD:
    return (int)(a + b); //@step add
  case RING:
    return open_ring(client, a);
  case SUM:
    return sum_of_page(client, a);
  default:
    return EXO_E_INVAL;
  }
}

// The client woke us: there are numbers in the ring. Then we rest again.
void
on_transfer_async(struct upcall_frame *frame)
{
  uint32_t words[RING_WORDS];

  (void)frame;
  while (ring.mine && ring_get(&ring, words) == 0) { //@step take
    words[0] += words[1];
    ring_put(&ring, words);
  }
}

int
main(int argc, char **argv)
{
  int error;

  never = argc > 1 && strcmp(argv[1], "never") == 0;
  while ((error = names_register(NAME)) == EXO_E_NONE) slice_yield(0); // no name server yet
  printf("calculator: registered: %s\n", error < 0 ? exo_error(error) : "yes"); //@step register
  rpc_serve_procedure(calculate, argc > 1 && strcmp(argv[1], "clear") == 0 ? RPC_CLEAR
                                                                          : RPC_PRESERVE);
}
