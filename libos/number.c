// Numbers from text, and numbers by chance.
#include <ctype.h>
#include <stdlib.h>
#include "libos.h"

static unsigned seed = 1;

EXO_API int
abs(int n)
{
  return n < 0 ? -n : n;
}

static int
digit_value(char c)
{
  if (isdigit(c)) return c - '0';
  return isalpha(c) ? tolower(c) - 'a' + 10 : 99;
}

EXO_API unsigned long
strtoul(const char *s, char **end, int base)
{
  const char *at = s;
  unsigned long n = 0;
  int negative = 0, any = 0;

  while (isspace(*at)) at++;
  if (*at == '-' || *at == '+') negative = *at++ == '-';
  if ((base == 0 || base == 16) && at[0] == '0' && (at[1] == 'x' || at[1] == 'X') &&
      digit_value(at[2]) < 16) {
    at += 2;
    base = 16;
  }
  if (base == 0) base = *at == '0' ? 8 : 10;
  for (; digit_value(*at) < base; at++, any = 1)
    n = n * (unsigned)base + (unsigned)digit_value(*at);
  if (end) *end = (char *)(any ? at : s);
  return negative ? -n : n;
}

EXO_API long
strtol(const char *s, char **end, int base)
{
  return (long)strtoul(s, end, base);
}

EXO_API int
atoi(const char *s)
{
  return (int)strtol(s, 0, 10);
}

// The same sequence in every run: the machine has no source of chance.
EXO_API int
rand(void)
{
  seed = seed * 1103515245u + 12345u; // the example of ISO C
  return (int)(seed >> 1 & RAND_MAX);
}

EXO_API void
srand(unsigned start)
{
  seed = start;
}
