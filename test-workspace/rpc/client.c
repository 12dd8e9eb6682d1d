// A client that knows nothing of the calculator but its name. Arguments: what it tries, in this order.
#include <stdio.h>
#include <string.h>
#include <rpc.h>
#include "calculator.h"

#define RING_AT 0x50010000u

static uint32_t page[EXO_PAGE_SIZE / 4] __attribute__((aligned(EXO_PAGE_SIZE)));
static exo_env server;

// The server may have s0..s11, sp and gp: it is trusted to give them back. The stub saves nothing.
static int
trusting(void)
{
  int sum;

  do
    sum = rpc_trusting(server, ADD, 2, 3, 0, 0, 0); //@step trusting
  while (rpc_early(server, sum));
  return sum; //@step trusted
}

// Everything is saved, and cleared, so that the server sees six words and nothing else.
static int
distrusting(void)
{
  int sum;

  do
    sum = rpc_distrusting(server, ADD, 2, 3, 0, 0, 0); //@step distrusting
  while (rpc_early(server, sum));
  return sum;
}

// Eight sums for one crossing into the server and one back.
static int
by_ring(void)
{
  struct ring ring;
  uint32_t words[RING_WORDS] = {0};
  int slot = ring_open(&ring, RING_AT, server), sum = 0, error;

  if (slot < 0) return slot;
  slot = rpc_distrusting(server, RING, (uint32_t)slot, 0, 0, 0, 0); //@step connect
  error = slot < 0 ? slot : ring_join(&ring, (exo_slot)slot);
  if (error < 0) return error;
  for (uint32_t i = 1; i <= 8; i++) {
    words[0] = i;
    words[1] = 10 * i;
    ring_put(&ring, words); //@step put
  }
  while ((error = ring_wake(&ring)) == EXO_E_BUSY) slice_yield(server); //@step wake
  for (int i = 0; i < 8 && error >= 0; i++) {
    error = ring_wait_get(&ring, rpc_clock() + 100000);
    if (error >= 0) error = ring_get(&ring, words); //@step got
    if (error >= 0) sum += (int)words[0];
  }
  return error < 0 ? error : sum;
}

// A whole page, and no byte of it is copied.
static int
by_page(void)
{
  int slot;

  for (uint32_t i = 0; i < EXO_PAGE_SIZE / 4; i++) page[i] = i;
  slot = bulk_offer(page, server, EXO_RIGHT_READ); //@step offer
  return slot < 0 ? slot : rpc_distrusting(server, SUM, (uint32_t)slot, 0, 0, 0, 0);
}

// Not for ever: a synchronous call would give all our slices away until the reply.
static int
patient(void)
{
  const uint32_t words[RPC_ARGUMENTS] = {ADD, 2, 3};
  int sum;

  do
    sum = rpc_call_by(server, words, rpc_clock() + 200000); //@step patient
  while (rpc_early(server, sum));
  return sum; //@step gave-up
}

static int
try(const char *how)
{
  if (strcmp(how, "trusting") == 0) return trusting();
  if (strcmp(how, "distrusting") == 0) return distrusting();
  if (strcmp(how, "ring") == 0) return by_ring();
  if (strcmp(how, "page") == 0) return by_page();
  return patient();
}

int
main(int argc, char **argv)
{
  int found = names_wait(NAME); //@step find

  if (found < 0) {
    printf("client: nobody is called %s: %s\n", NAME, exo_error(found));
    return 1;
  }
  server = (exo_env)found;
  for (int i = 1; i < argc; i++) {
    int answer = try(argv[i]);

    if (answer < 0)
      printf("client: %s: %s\n", argv[i], exo_error(answer));
    else
      printf("client: %s: %d\n", argv[i], answer); //@step print
  }
  return 0;
}
