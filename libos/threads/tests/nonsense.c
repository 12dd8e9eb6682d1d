// A libOS that tells debuggers nonsense about its threads. Argument 1 says which.
#include "../../tests/check.h"

struct exo_threads exo_threads;
static struct exo_thread made[600];
static char endless[100] =
    "\001\377a name of strange bytes that goes on and on and on and on and on "
    "and on and";

// A list of `count` threads that is whole, each with the saved registers of nobody.
static void
list(unsigned count)
{
  for (unsigned i = 0; i < count; i++) {
    made[i] = (struct exo_thread){.id = i + 1, .state = 1, .registers = (uint32_t)made};
    made[i].next = i + 1 < count ? (uint32_t)&made[i + 1] : 0;
  }
  exo_threads = (struct exo_threads){1, 0, (uint32_t)made};
}

static void
tell(const char *what)
{
  list(3);
  if (strcmp(what, "cycle") == 0) made[2].next = (uint32_t)made;
  if (strcmp(what, "self") == 0) made[0].next = (uint32_t)made;
  if (strcmp(what, "wild") == 0) made[1].next = 0xfffffff3;
  if (strcmp(what, "first") == 0) exo_threads.first = 0xdeadbeef;
  if (strcmp(what, "current") == 0) exo_threads.current = 0xfffffffc;
  if (strcmp(what, "version") == 0) exo_threads.version = 77;
  if (strcmp(what, "state") == 0) made[1].state = 0xffffffff;
  if (strcmp(what, "twins") == 0) made[2].id = made[1].id = 0xffffffff;
  if (strcmp(what, "registers") == 0)
    for (int i = 0; i < 3; i++) made[i].registers = 0xffffffc0u + (uint32_t)i;
  if (strcmp(what, "name") == 0) made[0].name = (uint32_t)endless, made[1].name = 0xffffffff;
  if (strcmp(what, "many") == 0) list(600);
  if (strcmp(what, "code") == 0)
    exo_threads.first = (uint32_t)tell, exo_threads.current = (uint32_t)tell;
  // A list without end that never comes by the same address twice: it slides.
  if (strcmp(what, "slide") == 0)
    for (unsigned i = 0; i < sizeof made / 4; i++)
      ((uint32_t *)made)[i] = (uint32_t)made + 4 * i + 4;
}

int
main(int argc, char **argv)
{
  volatile int before = argc;

  tell(argc > 1 ? argv[1] : "");
  before++; //@step told
  for (int i = 0; i < 200; i++) ((uint32_t *)&exo_threads)[i % 3] ^= (uint32_t)rand();
  before++; //@step changed
  printf("done %d\n", before);
  return 0;
}
