// Pages by capability, there and back. Argument 1: the other's id; 2: giver or taker.
#include "check.h"

#define AT 0x50010000u

static char page[EXO_PAGE_SIZE] __attribute__((aligned(EXO_PAGE_SIZE)));

static int
take(exo_env client, uint32_t slot, uint32_t rights, uint32_t c, uint32_t d, uint32_t e, uint32_t f)
{
  uint32_t sum = 0, word;
  int status;

  (void)c, (void)d, (void)e, (void)f;
  if (rights == 0) { // what was taken back is gone, and reading it carefully says so
    status = careful_copy(&word, (void *)AT, sizeof word);
    CHECK(bulk_release(AT) == 0);
    return status;
  }
  status = bulk_accept(client, slot, AT, rights);
  if (status < 0) return status;
  for (uint32_t i = 0; i < EXO_PAGE_SIZE; i++) sum += ((volatile uint8_t *)AT)[i];
  if (rights & EXO_RIGHT_WRITE) {
    *(volatile uint32_t *)AT = sum;
    CHECK(bulk_release(AT) == 0);
  }
  return failures ? EXO_E_INVAL : (int)sum;
}

static int
call(exo_env taker, uint32_t slot, uint32_t rights)
{
  int status;

  do
    status = rpc_distrusting(taker, slot, rights, 0, 0, 0, 0);
  while (rpc_early(taker, status));
  return status;
}

int
main(int argc, char **argv)
{
  exo_env taker = (exo_env)atoi(argv[1]);
  uint32_t sum = 0, before;
  int slot;

  if (argument_is(argc, argv, 2, "taker")) rpc_serve_procedure(take, RPC_PRESERVE);
  for (int i = 0; i < EXO_PAGE_SIZE; i++) sum += (uint8_t)(page[i] = (char)(i * 7));
  CHECK(call(taker, 900, EXO_RIGHT_READ) == EXO_E_OFFER);
  slot = bulk_offer(page, taker, EXO_RIGHT_READ);
  CHECK(slot > 0);
  CHECK(call(taker, (uint32_t)slot, EXO_RIGHT_READ | EXO_RIGHT_WRITE) == EXO_E_RIGHTS);
  for (int i = 0; i < 100; i++) { // as often as one likes: nothing is left over
    slot = bulk_offer(page, taker, EXO_RIGHT_READ | EXO_RIGHT_WRITE);
    memcpy(&before, page, sizeof before);
    CHECK(call(taker, (uint32_t)slot, EXO_RIGHT_READ | EXO_RIGHT_WRITE) == (int)sum);
    CHECK(memcmp(page, &sum, sizeof sum) == 0);
    memcpy(page, &before, sizeof before);
  }
  slot = bulk_offer(page, taker, EXO_RIGHT_READ);
  CHECK(call(taker, (uint32_t)slot, EXO_RIGHT_READ) == (int)sum);
  CHECK(bulk_revoke(page) == 1);
  CHECK(call(taker, 0, 0) == EXO_E_CAP);
  CHECK(bulk_revoke(page) == 0);
  printf("giver: done\n");
  return failures;
}
