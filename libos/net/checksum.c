// The Internet checksum: the complement of the sum of all half-words, with the carries put back
// (RFC 1071). Copying and summing is one pass, since both are bound by the memory.
#include "stack.h"

typedef uint16_t __attribute__((may_alias)) half;
typedef uint32_t __attribute__((may_alias)) word;

static int
is_even(const void *p)
{
  return ((uintptr_t)p & 1) == 0;
}

// A half-word at an odd address, as this machine would read it.
static uint32_t
half_of(const uint8_t *p)
{
  return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

EXO_API uint32_t
sum_bytes(uint32_t sum, const void *bytes, unsigned count)
{
  const uint8_t *p = bytes;

  // 65,535 half-words fit the sum without a carry; a frame has 757.
  if (is_even(p))
    for (; count >= 2; count -= 2, p += 2) sum += *(const half *)p;
  for (; count >= 2; count -= 2, p += 2) sum += half_of(p);
  return count ? sum + *p : sum;
}

EXO_API uint32_t
sum_copy(uint32_t sum, void *to, const void *from, unsigned count)
{
  uint8_t *d = to;
  const uint8_t *p = from;

  if ((((uintptr_t)d | (uintptr_t)p) & 3) == 0) {
    for (; count >= 4; count -= 4, d += 4, p += 4) {
      uint32_t two = *(const word *)p;

      *(word *)d = two;
      sum += (two & 0xffff) + (two >> 16);
    }
  }
  if (is_even(d) && is_even(p)) {
    for (; count >= 2; count -= 2, d += 2, p += 2) {
      *(half *)d = *(const half *)p;
      sum += *(const half *)p;
    }
  }
  for (; count >= 2; count -= 2, d += 2, p += 2) {
    sum += half_of(p);
    d[0] = p[0];
    d[1] = p[1];
  }
  if (count) {
    *d = *p;
    sum += *p;
  }
  return sum;
}

// What UDP sums besides its own bytes, so that a datagram at the wrong address is found out.
EXO_API uint32_t
sum_pseudo(in_addr_t source, in_addr_t target, unsigned protocol, unsigned length)
{
  return (source & 0xffff) + (source >> 16) + (target & 0xffff) + (target >> 16) +
         htons((uint16_t)protocol) + htons((uint16_t)length);
}

EXO_API uint16_t
sum_end(uint32_t sum)
{
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return (uint16_t)~sum;
}

EXO_API void
put_sum(uint8_t *p, uint16_t sum)
{
  p[0] = (uint8_t)sum;
  p[1] = (uint8_t)(sum >> 8);
}
