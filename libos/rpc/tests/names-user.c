// Uses the name server in every way. Argument 1: what part it plays.
#include "check.h"

static int
nothing(exo_env client, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e, uint32_t f)
{
  (void)client, (void)b, (void)c, (void)d, (void)e, (void)f;
  if (a == 1) exit(0);
  return 0;
}

// Registers, and serves until it is told to end.
static void
be_a_server(void)
{
  int status;

  while ((status = names_register("service")) == EXO_E_NONE) slice_yield(0);
  CHECK(status == 0);
  CHECK(names_register("service") == 0); // again is nothing new
  rpc_serve_procedure(nothing, RPC_CLEAR);
}

static int
be_a_client(void)
{
  int server = names_wait("service"), status;

  CHECK(server > 0 && rpc_alive((exo_env)server));
  CHECK(names_register("service") == EXO_E_TAKEN);
  CHECK(names_withdraw("service") == EXO_E_NONE); // it is not ours
  CHECK(names_find("service") == server);
  CHECK(names_find("servic") == EXO_E_NONE);
  CHECK(names_find("") == EXO_E_INVAL);
  CHECK(names_find("a name of more than twenty bytes") == EXO_E_INVAL);
  CHECK(names_find("exactly twenty bytes") == EXO_E_NONE);

  // A share of the table, and not more.
  CHECK(names_register("one") == 0 && names_register("two") == 0);
  CHECK(names_register("three") == 0 && names_register("four") == 0);
  CHECK(names_register("five") == EXO_E_NONE);
  CHECK(names_withdraw("two") == 0 && names_withdraw("two") == EXO_E_NONE);
  CHECK(names_register("five") == 0);
  CHECK(names_find("five") == (int)boot_page->environment);
  CHECK(names_find("two") == EXO_E_NONE);

  // Not a name: what no stub would send.
  status = rpc_distrusting((exo_env)names_server(), 1, 0x41, 0x42, 0, 0, 0);
  CHECK(status == EXO_E_INVAL);
  CHECK(rpc_distrusting((exo_env)names_server(), 99, 0x41, 0, 0, 0, 0) == EXO_E_INVAL);

  // A server that died has no name any more, and its name can be had.
  do
    status = rpc_distrusting((exo_env)server, 1, 0, 0, 0, 0, 0);
  while (rpc_early((exo_env)server, status));
  CHECK(status == EXO_E_DEAD);
  CHECK(names_find("service") == EXO_E_NONE);
  CHECK(names_withdraw("one") == 0);
  CHECK(names_register("service") == 0);
  printf("client: all asked\n");
  return failures;
}

// Says that it is the name server, by the same means.
static int
be_a_squatter(void)
{
  CHECK(names_serve() == EXO_E_TAKEN);
  CHECK(names_server() != (int)boot_page->environment);
  printf("squatter: the position is taken\n");
  return failures;
}

// Waits for the name server's death: that is told once, and only then another is trusted.
static int
be_faithful(void)
{
  int first = names_server(), status;

  CHECK(first > 0);
  while ((status = names_server()) == first) slice_yield(0);
  CHECK(status == EXO_E_DEAD);
  while ((status = names_server()) == EXO_E_NONE) slice_yield(0);
  CHECK(status > 0 && status != first);
  printf("faithful: told of the death, then of a successor\n");
  return failures;
}

// Takes the position when it can.
static void
be_a_successor(void)
{
  while (names_serve() == EXO_E_TAKEN) slice_yield(0);
}

int
main(int argc, char **argv)
{
  if (argument_is(argc, argv, 1, "server")) be_a_server();
  if (argument_is(argc, argv, 1, "client")) return be_a_client();
  if (argument_is(argc, argv, 1, "squatter")) return be_a_squatter();
  if (argument_is(argc, argv, 1, "faithful")) return be_faithful();
  if (argument_is(argc, argv, 1, "successor")) be_a_successor();
  return 99;
}
