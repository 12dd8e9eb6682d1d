// Input from the console. Bytes are raw: echo and line editing are this library's, as is waiting.
#include <stdio.h>
#include "libos.h"

int console_poll(int kernel_switched);
extern int slices_enabled;

// Waits for a byte and returns it.
EXO_API int
console_wait(void)
{
  int c;

  while ((c = console_poll(!slices_enabled)) == EXO_E_AGAIN)
    ;
  return c;
}

// Waits for a character. Returns EOF when there is no console, or at control-D.
EXO_API int
getchar(void)
{
  int c;

  console_flush();
  c = console_wait();
  if (c < 0 || c == 4) return EOF;
  return c == '\r' ? '\n' : c;
}

// Reads a line with echo; backspace takes back. Returns its length without the newline, or -1 at
// the end of input.
EXO_API int
readline(char *line, int size)
{
  int length = 0;

  for (;;) {
    int c = getchar();

    if (c == EOF && length == 0) return -1;
    if (c == EOF || c == '\n') break;
    if (c == '\b' || c == 0x7f) {
      if (length == 0) continue;
      length--;
      console_write("\b \b", 3);
    } else if (length < size - 1) {
      char echo = (char)c;

      line[length++] = echo;
      console_write(&echo, 1);
    }
  }
  putchar('\n');
  line[length] = 0;
  return length;
}
