// printf and its family. One function formats; where the characters go is a parameter.
#include <stdio.h>
#include "libos.h"

// Where formatted characters go: a buffer, or with buffer = 0 the console.
struct output {
  char *buffer;
  size_t size;
  size_t count; // characters that there were, also those for which there was no room
};

static void
put(struct output *out, char c)
{
  if (out->buffer == 0)
    putchar(c);
  else if (out->count + 1 < out->size)
    out->buffer[out->count] = c;
  out->count++;
}

// What stands between % and the letter.
struct conversion {
  int left;      // -
  int zero;      // 0
  int alternate; // #
  char sign;     // '+' or ' ': in front of numbers that are not negative
  int width;
  int precision; // -1: none
  int longs;     // l, ll; z, t and j as l
  int shorts;    // h, hh
};

static void
pad(struct output *out, char c, int count)
{
  while (count-- > 0) put(out, c);
}

// Puts text with a prefix (a sign, 0x) in the width of its field.
static void
put_field(struct output *out, const struct conversion *spec, const char *prefix, const char *text,
          int length, int zeros)
{
  int prefix_length = 0, missing;

  while (prefix[prefix_length]) prefix_length++;
  missing = spec->width - length - prefix_length - zeros;
  if (!spec->left && spec->zero && spec->precision < 0 && missing > 0) {
    zeros += missing;
    missing = 0;
  }
  if (!spec->left) pad(out, ' ', missing);
  while (*prefix) put(out, *prefix++);
  pad(out, '0', zeros);
  for (int i = 0; i < length; i++) put(out, text[i]);
  if (spec->left) pad(out, ' ', missing);
}

static void
put_number(struct output *out, const struct conversion *spec, uint64_t value, unsigned base,
           const char *digits, const char *prefix)
{
  char text[24];
  int first = sizeof text, length;

  // Most numbers fit in a word, whose division is an instruction.
  while (value > 0xffffffff) {
    text[--first] = digits[value % base];
    value /= base;
  }
  for (uint32_t rest = (uint32_t)value; rest > 0; rest /= base) text[--first] = digits[rest % base];
  if (first == sizeof text && spec->precision != 0) text[--first] = '0';
  length = (int)sizeof text - first;
  put_field(out, spec, prefix, text + first, length,
            spec->precision > length ? spec->precision - length : 0);
}

static void
put_string(struct output *out, const struct conversion *spec, const char *s)
{
  struct conversion plain = *spec;
  int length = 0;

  if (s == 0) s = "(null)";
  while ((spec->precision < 0 || length < spec->precision) && s[length]) length++;
  plain.zero = 0;
  put_field(out, &plain, "", s, length, 0);
}

static int64_t
signed_argument(const struct conversion *spec, va_list *args)
{
  if (spec->longs > 1) return va_arg(*args, long long);
  if (spec->longs == 1) return va_arg(*args, long);
  if (spec->shorts == 1) return (short)va_arg(*args, int);
  if (spec->shorts > 1) return (signed char)va_arg(*args, int);
  return va_arg(*args, int);
}

static uint64_t
unsigned_argument(const struct conversion *spec, va_list *args)
{
  if (spec->longs > 1) return va_arg(*args, unsigned long long);
  if (spec->longs == 1) return va_arg(*args, unsigned long);
  if (spec->shorts == 1) return (unsigned short)va_arg(*args, unsigned);
  if (spec->shorts > 1) return (unsigned char)va_arg(*args, unsigned);
  return va_arg(*args, unsigned);
}

static void
put_signed(struct output *out, const struct conversion *spec, int64_t value)
{
  char prefix[2] = {value < 0 ? '-' : spec->sign, 0};

  put_number(out, spec, value < 0 ? -(uint64_t)value : (uint64_t)value, 10, "0123456789", prefix);
}

// Converts one argument. Returns 0 for a letter that is none.
static int
convert(struct output *out, struct conversion *spec, char letter, va_list *args)
{
  const char *digits = "0123456789abcdef";
  uint64_t value;
  char c;

  switch (letter) {
  case 'd':
  case 'i':
    put_signed(out, spec, signed_argument(spec, args));
    return 1;
  case 'u':
    put_number(out, spec, unsigned_argument(spec, args), 10, digits, "");
    return 1;
  case 'o':
    put_number(out, spec, unsigned_argument(spec, args), 8, digits, spec->alternate ? "0" : "");
    return 1;
  case 'x':
  case 'X':
    if (letter == 'X') digits = "0123456789ABCDEF";
    value = unsigned_argument(spec, args);
    put_number(out, spec, value, 16, digits,
               !spec->alternate || value == 0 ? ""
               : letter == 'x'                ? "0x"
                                              : "0X");
    return 1;
  case 'p':
    put_number(out, spec, (uintptr_t)va_arg(*args, void *), 16, digits, "0x");
    return 1;
  case 's':
    put_string(out, spec, va_arg(*args, const char *));
    return 1;
  case 'c':
    c = (char)va_arg(*args, int);
    spec->zero = 0;
    put_field(out, spec, "", &c, 1, 0);
    return 1;
  case '%':
    put(out, '%');
    return 1;
  default:
    return 0;
  }
}

// Reads a number of the format, or takes it from the arguments where a star stands.
static int
read_number(const char **at, va_list *args)
{
  int n = 0;

  if (**at == '*') {
    ++*at;
    return va_arg(*args, int);
  }
  while (**at >= '0' && **at <= '9') n = 10 * n + (*(*at)++ - '0');
  return n;
}

// Reads what stands between % and the letter; returns where the letter is.
static const char *
read_conversion(const char *at, struct conversion *spec, va_list *args)
{
  *spec = (struct conversion){.precision = -1};
  for (;; at++) {
    if (*at == '-')
      spec->left = 1;
    else if (*at == '0')
      spec->zero = 1;
    else if (*at == '#')
      spec->alternate = 1;
    else if (*at == '+')
      spec->sign = '+';
    else if (*at == ' ' && spec->sign == 0)
      spec->sign = ' ';
    else if (*at != ' ')
      break;
  }
  spec->width = read_number(&at, args);
  if (spec->width < 0) {
    spec->left = 1;
    spec->width = -spec->width;
  }
  if (*at == '.') {
    at++;
    spec->precision = read_number(&at, args);
  }
  for (;; at++) {
    if (*at == 'l' || *at == 'z' || *at == 't')
      spec->longs++;
    else if (*at == 'j')
      spec->longs = 2;
    else if (*at == 'h')
      spec->shorts++;
    else
      return at;
  }
}

static void
format_to(struct output *out, const char *format, va_list *args)
{
  while (*format) {
    struct conversion spec;
    const char *start = format;

    if (*format != '%') {
      put(out, *format++);
      continue;
    }
    format = read_conversion(format + 1, &spec, args);
    if (*format == 0) break;
    // What we cannot convert is shown as it is, so that it is seen.
    if (!convert(out, &spec, *format++, args))
      while (start < format) put(out, *start++);
  }
}

EXO_API int
vsnprintf(char *s, size_t size, const char *format, va_list args)
{
  struct output out = {.buffer = s, .size = size};
  char nothing;
  va_list copy;

  if (s == 0 || size == 0) out = (struct output){.buffer = &nothing, .size = 0};
  va_copy(copy, args);
  format_to(&out, format, &copy);
  va_end(copy);
  if (out.size > 0) out.buffer[out.count < out.size ? out.count : out.size - 1] = 0;
  return (int)out.count;
}

EXO_API int
snprintf(char *s, size_t size, const char *format, ...)
{
  va_list args;
  int count;

  va_start(args, format);
  count = vsnprintf(s, size, format, args);
  va_end(args);
  return count;
}

EXO_API int
sprintf(char *s, const char *format, ...)
{
  va_list args;
  int count;

  va_start(args, format);
  count = vsnprintf(s, 0x7fffffff, format, args);
  va_end(args);
  return count;
}

EXO_API int
vprintf(const char *format, va_list args)
{
  struct output out = {.buffer = 0};
  va_list copy;

  va_copy(copy, args);
  format_to(&out, format, &copy);
  va_end(copy);
  return (int)out.count;
}

EXO_API int
printf(const char *format, ...)
{
  va_list args;
  int count;

  va_start(args, format);
  count = vprintf(format, args);
  va_end(args);
  return count;
}
