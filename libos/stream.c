// The functions of stdio that name a stream. All streams are the console; a libOS with files
// replaces these.
#include <stdio.h>
#include "libos.h"

EXO_API int
fprintf(FILE *stream, const char *format, ...)
{
  va_list args;
  int count;

  (void)stream;
  va_start(args, format);
  count = vprintf(format, args);
  va_end(args);
  return count;
}

EXO_API int
fputs(const char *s, FILE *stream)
{
  (void)stream;
  while (*s) putchar(*s++);
  return 0;
}

EXO_API int
fputc(int c, FILE *stream)
{
  (void)stream;
  return putchar(c);
}

EXO_API int
fflush(FILE *stream)
{
  (void)stream;
  console_flush();
  return 0;
}
