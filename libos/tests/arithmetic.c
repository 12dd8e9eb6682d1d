// Does 64-bit division agree with multiplication?
#include "check.h"

static uint64_t state = 88172645463325252ull;

// Marsaglia's xorshift.
static uint64_t
next(void)
{
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

int
main(void)
{
  for (int i = 0; i < 300; i++) {
    uint64_t a = next() >> next() % 64, b = next() >> next() % 64;
    int64_t c = (int64_t)a, d = (int64_t)b;

    if (b == 0) continue;
    CHECK(a / b * b + a % b == a && a % b < b);
    CHECK(c / d * d + c % d == c);
    CHECK(c % d == 0 || (c % d < 0) == (c < 0)); // the remainder has the dividend's sign
  }
  CHECK(-7ll / 2 == -3 && -7ll % 2 == -1);
  volatile int64_t big = -9223372036854775807ll - 1;
  CHECK(big / 10 == -922337203685477580ll && big % 10 == -8);
  return failures;
}
