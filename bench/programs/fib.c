// Calls and returns.
#include "work.h"

static NOINLINE u32
fib(u32 n)
{
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

static NOINLINE u32
ackermann(u32 m, u32 n)
{
  if (m == 0) return n + 1;
  return ackermann(m - 1, n == 0 ? 1 : ackermann(m, n - 1));
}

u32
work(u32 n)
{
  u32 sum = 0;

  while (n-- > 0) {
    volatile u32 of = 18, a = 2, b = 60;

    sum += fib(of) + ackermann(a, b);
  }
  return sum;
}
