// printf and fprintf of xv6: a descriptor, and few conversions. Nothing is kept from one call to the next, so that what two processes
// print, or a process and its child, comes in the order in which they called; within a call it is gathered, so that a short line is one
// write and arrives whole.
#include <stdarg.h>
#include "libos.h"
#include "kernel/types.h"
#include "user/user.h"

struct output {
  int fd;
  int count;
  char bytes[256];
};

static void
flush(struct output *out)
{
  if (out->count > 0) write(out->fd, out->bytes, out->count);
  out->count = 0;
}

static void
put(struct output *out, char c)
{
  if (out->count == sizeof out->bytes) flush(out);
  out->bytes[out->count++] = c;
}

static void
put_text(struct output *out, const char *s)
{
  if (s == 0) s = "(null)";
  while (*s) put(out, *s++);
}

// Digits are capitals, as xv6's are. At least so many of them.
static void
put_number(struct output *out, uint64 value, uint base, int digits)
{
  char text[20];
  int n = 0;

  // Most numbers fit in a word, whose division is an instruction.
  for (; value > 0xffffffff; value /= base) text[n++] = "0123456789ABCDEF"[value % base];
  for (uint rest = (uint)value; rest > 0; rest /= base) text[n++] = "0123456789ABCDEF"[rest % base];
  while (n < digits) text[n++] = '0';
  while (n > 0) put(out, text[--n]);
}

static void
put_signed(struct output *out, long long value)
{
  if (value < 0) put(out, '-');
  put_number(out, value < 0 ? -(uint64)value : (uint64)value, 10, 1);
}

// Converts one argument as the letter says, where so many l stood before it. Returns 0 where it cannot.
static int
convert(struct output *out, char letter, int longs, va_list *args)
{
  switch (letter) {
  case 'd':
    put_signed(out, longs > 1 ? va_arg(*args, long long) : va_arg(*args, int));
    return 1;
  case 'u':
  case 'x':
    put_number(out, longs > 1 ? va_arg(*args, uint64) : va_arg(*args, uint), letter == 'x' ? 16 : 10, 1);
    return 1;
  case 'p':
    put_text(out, "0x");
    put_number(out, va_arg(*args, uint), 16, 2 * sizeof(void *));
    return 1;
  case 'c':
    put(out, (char)va_arg(*args, int));
    return 1;
  case 's':
    put_text(out, va_arg(*args, const char *));
    return 1;
  case '%':
    put(out, '%');
    return 1;
  default:
    return 0;
  }
}

static void
format_to(struct output *out, const char *format, va_list *args)
{
  while (*format) {
    const char *start = format;
    int longs = 0;

    if (*format != '%') {
      put(out, *format++);
      continue;
    }
    for (format++; *format == 'l' && longs < 2; format++) longs++;
    if (longs > 0 && !strchr("dux", *format)) {
      // Before 2024 xv6 had %l alone, for a uint64.
      put_number(out, va_arg(*args, uint64), 10, 1);
      continue;
    }
    if (*format && convert(out, *format, longs, args)) {
      format++;
      continue;
    }
    // What cannot be converted is shown as it is, so that it is seen.
    if (*format) format++;
    while (start < format) put(out, *start++);
  }
  flush(out);
}

EXO_API void
printf(const char *format, ...)
{
  struct output out;
  va_list args;

  out.fd = 1;
  out.count = 0;
  va_start(args, format);
  format_to(&out, format, &args);
  va_end(args);
}

EXO_API void
fprintf(int fd, const char *format, ...)
{
  struct output out;
  va_list args;

  out.fd = fd;
  out.count = 0;
  va_start(args, format);
  format_to(&out, format, &args);
  va_end(args);
}
