// The terminal: lines are edited here before anyone reads them, and echoed.
//
//   control-H, delete: takes back a character    control-U: the line    control-W: a word
//   control-D: the end of the input              control-C: ends what runs in the foreground
//   control-P: lists the processes
#include <world_server.h>

#define CONTROL(c) ((c) - '@')
#define DELETE     0x7f
#define BYTES      1024

// Three places in the ring, each ahead of the one before: what was read, what is a whole line, and what is being edited.
static char ring[BYTES];
static uint read_to, lines_to, edited_to;

// Bytes of output that travel together.
static char out[EXO_MAX_CONSOLE_BYTES];
static unsigned out_count;

static void
flush(void)
{
  console_write(out, out_count);
  out_count = 0;
}

static void
put(char c)
{
  out[out_count++] = c;
  if (out_count == sizeof out) flush();
}

EXO_API int
tty_write(const char *from, uint count)
{
  for (uint i = 0; i < count; i++) put(from[i]);
  flush();
  return (int)count;
}

static void
echo(char c)
{
  if (c == CONTROL('D')) return;
  if (c == '\n' || c == '\t' || (unsigned char)c >= ' ') {
    put(c);
  } else {
    put('^');
    put((char)(c + '@'));
  }
}

static int
has_edited(void)
{
  return edited_to != lines_to;
}

static char
last(void)
{
  return ring[(edited_to - 1) % BYTES];
}

static void
take_back(void)
{
  int width = (unsigned char)last() < ' ' && last() != '\t' ? 2 : 1;

  edited_to--;
  for (; width > 0; width--) {
    put('\b');
    put(' ');
    put('\b');
  }
}

static void
take_back_word(void)
{
  while (has_edited() && last() == ' ') take_back();
  while (has_edited() && last() != ' ') take_back();
}

static void
end_line(void)
{
  lines_to = edited_to;
  wake(ring);
}

static int
is_full(void)
{
  return edited_to - read_to == BYTES;
}

// A line that leaves no room for its end is given out as it is: nothing is lost but the chance to edit it.
static void
type(char c)
{
  ring[edited_to++ % BYTES] = c;
  echo(c);
  if (c == '\n' || c == CONTROL('D') || is_full()) end_line();
}

// Whoever lives on and reads, a shell at its prompt, is told by a read that fails. What runs in the background waits on.
static void
end_reads(void)
{
  for (struct process *process = processes; process < processes + PROCESSES; process++)
    if (process->pid != 0 && process->waits == ring &&
        (process->is_leader || process == first_process))
      process->interrupted = 1;
  wake(ring);
}

static void
interrupt(void)
{
  echo(CONTROL('C'));
  put('\n');
  edited_to = lines_to;
  flush();
  process_interrupt();
  end_reads();
}

static void
take(char c)
{
  switch (c) {
  case CONTROL('H'):
  case DELETE:
    if (has_edited()) take_back();
    break;
  case CONTROL('U'):
    while (has_edited()) take_back();
    break;
  case CONTROL('W'):
    take_back_word();
    break;
  case CONTROL('C'):
    interrupt();
    break;
  case CONTROL('P'):
    flush();
    process_list();
    break;
  case '\r':
    type('\n');
    break;
  case 0:
    break;
  default:
    type(c);
  }
}

// Takes what has come from the console, as far as there is room. The rest stays there until somebody has read.
EXO_API void
tty_take_input(void)
{
  int c;

  while (!is_full() && (c = exo_console_read(EXO_SLOT_CONSOLE)) >= 0) take((char)c);
  flush();
}

// A line, or the part of it that fits; 0 bytes at the end of the input.
EXO_API int
tty_read(struct process *process, char *to, uint count)
{
  uint n = 0;
  int was_full;

  if (count == 0) return 0;
  if (process->interrupted) {
    process->interrupted = 0;
    return -1;
  }
  if (read_to == lines_to) return wait_for(process, ring);
  was_full = is_full();
  while (n < count && read_to != lines_to) {
    char c = ring[read_to % BYTES];

    if (c == CONTROL('D')) {
      // After other bytes it waits for the next read, which then finds the end.
      if (n == 0) read_to++;
      break;
    }
    read_to++;
    to[n++] = c;
    if (c == '\n') break;
  }
  if (was_full) tty_take_input();
  return (int)n;
}
