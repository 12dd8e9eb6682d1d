// Addresses as people write them, and what errors mean.
#include "stack.h"

// Four numbers of 0 to 255 with dots between, and nothing else.
EXO_API in_addr_t
inet_addr(const char *text)
{
  in_addr_t address = 0;

  for (int octet = 0; octet < 4; octet++) {
    unsigned value = 0, digits = 0;

    if (octet > 0 && *text++ != '.') return INADDR_NONE;
    for (; *text >= '0' && *text <= '9'; text++, digits++)
      if ((value = 10 * value + (unsigned)(*text - '0')) > 255) return INADDR_NONE;
    if (digits == 0 || digits > 3) return INADDR_NONE;
    address |= value << 8 * octet;
  }
  return *text == 0 ? address : INADDR_NONE;
}

EXO_API char *
inet_ntop4(in_addr_t address, char text[16])
{
  char *at = text;

  for (int octet = 0; octet < 4; octet++) {
    unsigned value = address >> 8 * octet & 0xff;

    if (octet > 0) *at++ = '.';
    if (value >= 100) *at++ = (char)('0' + value / 100);
    if (value >= 10) *at++ = (char)('0' + value / 10 % 10);
    *at++ = (char)('0' + value % 10);
  }
  *at = 0;
  return text;
}

EXO_API const char *
net_error(int code)
{
#define TEXT(name, number, text)                                                                   \
  if (code == (number)) return text;
  NET_ERRORS(TEXT)
  return exo_error(code);
}
