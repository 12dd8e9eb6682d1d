// Memory and strings. memcpy and memset go by words where both sides are aligned: they move pages.
#include <string.h>
#include "libos.h"

static int
both_aligned(const void *a, const void *b)
{
  return (((uintptr_t)a | (uintptr_t)b) & 3) == 0;
}

EXO_API void *
memcpy(void *to, const void *from, size_t n)
{
  char *d = to;
  const char *s = from;

  if (both_aligned(d, s))
    for (; n >= 4; n -= 4, d += 4, s += 4) *(uint32_t *)d = *(const uint32_t *)s;
  while (n-- > 0) *d++ = *s++;
  return to;
}

EXO_API void *
memmove(void *to, const void *from, size_t n)
{
  char *d = to;
  const char *s = from;

  if (d <= s || d >= s + n) return memcpy(to, from, n);
  while (n-- > 0) d[n] = s[n]; // backwards, where they overlap
  return to;
}

EXO_API void *
memset(void *to, int value, size_t n)
{
  char *d = to;
  uint32_t word = (unsigned char)value * 0x01010101u;

  if (both_aligned(d, d))
    for (; n >= 4; n -= 4, d += 4) *(uint32_t *)d = word;
  while (n-- > 0) *d++ = (char)value;
  return to;
}

EXO_API int
memcmp(const void *a, const void *b, size_t n)
{
  const unsigned char *p = a, *q = b;

  for (; n > 0; n--, p++, q++)
    if (*p != *q) return *p - *q;
  return 0;
}

EXO_API void *
memchr(const void *s, int c, size_t n)
{
  for (const unsigned char *p = s; n > 0; n--, p++)
    if (*p == (unsigned char)c) return (void *)p;
  return 0;
}

EXO_API size_t
strlen(const char *s)
{
  size_t n = 0;

  while (s[n]) n++;
  return n;
}

EXO_API size_t
strnlen(const char *s, size_t most)
{
  size_t n = 0;

  while (n < most && s[n]) n++;
  return n;
}

EXO_API char *
strcpy(char *to, const char *from)
{
  char *d = to;

  while ((*d++ = *from++))
    ;
  return to;
}

EXO_API char *
strncpy(char *to, const char *from, size_t n)
{
  size_t i = 0;

  for (; i < n && from[i]; i++) to[i] = from[i];
  for (; i < n; i++) to[i] = 0;
  return to;
}

EXO_API char *
strcat(char *to, const char *from)
{
  strcpy(to + strlen(to), from);
  return to;
}

EXO_API int
strcmp(const char *a, const char *b)
{
  while (*a && *a == *b) a++, b++;
  return (unsigned char)*a - (unsigned char)*b;
}

EXO_API int
strncmp(const char *a, const char *b, size_t n)
{
  while (n > 0 && *a && *a == *b) a++, b++, n--;
  return n == 0 ? 0 : (unsigned char)*a - (unsigned char)*b;
}

EXO_API char *
strchr(const char *s, int c)
{
  for (;; s++) {
    if (*s == (char)c) return (char *)s;
    if (*s == 0) return 0;
  }
}

EXO_API char *
strrchr(const char *s, int c)
{
  const char *last = 0;

  for (;; s++) {
    if (*s == (char)c) last = s;
    if (*s == 0) return (char *)last;
  }
}

EXO_API char *
strstr(const char *s, const char *wanted)
{
  size_t n = strlen(wanted);

  for (;; s++) {
    if (strncmp(s, wanted, n) == 0) return (char *)s;
    if (*s == 0) return 0;
  }
}
