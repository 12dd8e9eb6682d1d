// Sends numbers to port 7 of the environment in argument 1 while another thread computes, and waits
// for an answer to each at port 9.
#include "../../tests/check.h"
#include <threads.h>

static struct channel answers = {.name = "answers"};
static volatile int stop;
static volatile uint32_t count;

static int
computes(void *argument)
{
  (void)argument;
  while (!stop) count++;
  return 0;
}

int
main(int argc, char **argv)
{
  exo_env other = argc > 1 ? (exo_env)atoi(argv[1]) : 0;
  struct thread *busy = thread_create("computes", computes, 0);
  uint32_t sum = 0;

  channel_open(&answers, 9);
  CHECK(channel_send_to(0x7fffff01, 7, (uint32_t[CHANNEL_WORDS]){0}) == EXO_E_ENV);
  for (uint32_t i = 1; i <= 20; i++) {
    struct message answer;
    uint32_t words[CHANNEL_WORDS] = {i, 2, 3, 4, i * i};

    CHECK(channel_send_to(other, 7, words) == 0);
    channel_receive(&answers, &answer);
    CHECK(answer.from == other && answer.words[0] == i * i && answer.words[1] == i);
    sum += answer.words[0];
  }
  stop = 1;
  thread_join(busy);
  printf("%s: %u, counted %s\n", program_name(), sum, count > 100 ? "much" : "little");
  return failures;
}
