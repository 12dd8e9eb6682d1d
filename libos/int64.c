// Division of 64-bit integers, which RV32 has no instruction for. The compiler calls these by name.
#include "libos.h"

// Long division, a bit at a time. By zero: all ones, as the machine's own 32-bit division gives.
static uint64_t
divide(uint64_t dividend, uint64_t divisor, uint64_t *remainder)
{
  uint64_t quotient = 0, rest = 0;

  for (int bit = 63; bit >= 0; bit--) {
    int carry = (int)(rest >> 63);

    rest = rest << 1 | (dividend >> bit & 1);
    quotient <<= 1;
    if (carry || rest >= divisor) {
      rest -= divisor;
      quotient |= 1;
    }
  }
  *remainder = rest;
  return quotient;
}

EXO_API uint64_t
__udivdi3(uint64_t a, uint64_t b)
{
  uint64_t rest;

  return divide(a, b, &rest);
}

EXO_API uint64_t
__umoddi3(uint64_t a, uint64_t b)
{
  uint64_t rest;

  divide(a, b, &rest);
  return rest;
}

static uint64_t
magnitude(int64_t a)
{
  return a < 0 ? -(uint64_t)a : (uint64_t)a;
}

EXO_API int64_t
__divdi3(int64_t a, int64_t b)
{
  uint64_t rest, quotient = divide(magnitude(a), magnitude(b), &rest);

  return (int64_t)((a < 0) != (b < 0) ? -quotient : quotient);
}

EXO_API int64_t
__moddi3(int64_t a, int64_t b)
{
  uint64_t rest;

  divide(magnitude(a), magnitude(b), &rest);
  return (int64_t)(a < 0 ? -rest : rest);
}
