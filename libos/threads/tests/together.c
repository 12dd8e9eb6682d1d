// Mutexes, condition variables, channels, the heap and the end of threads, used by all at once.
#include "../../tests/check.h"
#include <threads.h>

#define EACH 12

static struct mutex mutex = {.name = "counter"};
static struct condition turned = {.name = "turned"};
static struct channel numbers = {.name = "numbers"};
static int counter, turn;

// Takes its turn: 0, 1, 2, 0, ...
static void
in_turn(int n)
{
  mutex_lock(&mutex);
  while (turn % 3 != n) condition_wait(&turned, &mutex);
  turn++;
  condition_broadcast(&turned);
  mutex_unlock(&mutex);
}

static int
worker(void *argument)
{
  int n = (int)argument;
  uint32_t words[CHANNEL_WORDS] = {0};

  for (int i = 0; i < EACH; i++) {
    char *memory = malloc((size_t)(20 + 30 * n));
    int seen;

    memset(memory, n, (size_t)(20 + 30 * n));
    mutex_lock(&mutex);
    seen = counter;
    if (i % 3 == n) thread_yield();
    counter = seen + 1;
    mutex_unlock(&mutex);
    words[0] = (uint32_t)(100 * n + i);
    words[4] = ~words[0];
    channel_send(&numbers, words);
    if (i < 3) in_turn(n);
    CHECK(memory[0] == n && memory[19 + 30 * n] == n);
    free(memory);
  }
  return n;
}

static int
brief(void *argument)
{
  volatile char stack[5000];

  stack[0] = (char)(int)argument;
  return 7 * stack[0];
}

int
main(void)
{
  struct thread *threads[3];
  uint32_t sum = 0, next[3] = {0, 100, 200};

  for (int i = 0; i < 3; i++) threads[i] = thread_create("worker", worker, (void *)i);
  for (int i = 0; i < 3 * EACH; i++) {
    struct message message;

    channel_receive(&numbers, &message);
    CHECK(message.from == 0 && message.words[4] == ~message.words[0]);
    CHECK(next[message.words[0] / 100]++ == message.words[0]); // each sender's in their order
    sum += message.words[0];
  }
  for (int i = 0; i < 3; i++) CHECK(thread_join(threads[i]) == i);
  CHECK(counter == 3 * EACH && turn == 9);
  CHECK(sum == 3 * (EACH - 1) * EACH / 2 + 300 * EACH);
  // The places of threads and their stacks can be used again, more often than there are any.
  for (int i = 0; i < 40; i++) {
    struct thread *thread = thread_create("again", brief, (void *)i);

    CHECK(thread && thread_join(thread) == 7 * i);
  }
  return failures;
}
