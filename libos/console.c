// The console. The kernel takes up to twenty raw bytes a call; lines, buffers and the wait for
// input are ours.
#include <stdio.h>
#include "libos.h"

static char buffer[128];
static unsigned buffered;

// Puts up to twenty bytes into five words, little endian.
static void
pack(uint32_t words[5], const char *bytes, unsigned count)
{
  for (unsigned i = 0; i < 5; i++) words[i] = 0;
  for (unsigned i = 0; i < count; i++)
    words[i / 4] |= (uint32_t)(unsigned char)bytes[i] << 8 * (i % 4);
}

// Writes bytes at once: one kernel call for every twenty.
EXO_API void
console_write(const char *bytes, size_t count)
{
  while (count > 0) {
    unsigned now = count < EXO_MAX_CONSOLE_BYTES ? count : EXO_MAX_CONSOLE_BYTES;
    uint32_t w[5];

    pack(w, bytes, now);
    if (exo_console_write(EXO_SLOT_CONSOLE, now, w[0], w[1], w[2], w[3], w[4]) < 0) return;
    bytes += now;
    count -= now;
  }
}

// Writes what is buffered. Where the libOS has slices, a line is not torn by the end of one.
EXO_API void
console_flush(void)
{
  unsigned count = buffered;

  buffered = 0;
  if (count == 0) return;
  slice_enter_critical();
  console_write(buffer, count);
  slice_leave_critical();
}

EXO_API int
putchar(int c)
{
  buffer[buffered++] = (char)c;
  if (c == '\n' || buffered == sizeof buffer) console_flush();
  return (unsigned char)c;
}

EXO_API int
puts(const char *s)
{
  while (*s) putchar(*s++);
  return putchar('\n');
}
