// Formatted output and the console. There is one stream: what is written to stdout or stderr goes
// to the console.
#ifndef STDIO_H
#define STDIO_H

#include <stdarg.h>
#include <stddef.h>

#define EOF (-1)

typedef struct exo_stream FILE;
#define stdin  ((FILE *)1)
#define stdout ((FILE *)2)
#define stderr ((FILE *)3)

int putchar(int c);
int puts(const char *s);
int getchar(void);

int printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
int vprintf(const char *format, va_list args) __attribute__((format(printf, 1, 0)));
int snprintf(char *s, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
int vsnprintf(char *s, size_t size, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));
int sprintf(char *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

int fprintf(FILE *stream, const char *format, ...) __attribute__((format(printf, 2, 3)));
int fputs(const char *s, FILE *stream);
int fputc(int c, FILE *stream);
int fflush(FILE *stream);

#endif
