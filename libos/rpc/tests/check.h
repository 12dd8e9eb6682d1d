// For this part's own tests: each prints what differs, and its exit status says how much did.
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <rpc.h>

static int failures;

static inline void
check(int condition, const char *what, int line)
{
  if (condition) return;
  failures++;
  printf("FAILED: %s:%d: %s\n", program_name(), line, what);
}
#define CHECK(condition) check((condition) != 0, #condition, __LINE__)

static inline int
argument_is(int argc, char **argv, int i, const char *text)
{
  return i < argc && strcmp(argv[i], text) == 0;
}

// Marsaglia's xorshift: a sequence that a seed decides.
static uint32_t random_state = 1;

static inline uint32_t
random_word(void)
{
  random_state ^= random_state << 13;
  random_state ^= random_state >> 17;
  random_state ^= random_state << 5;
  return random_state;
}

#endif
