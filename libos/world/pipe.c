// Pipes: a ring of bytes between those who hold its ends.
#include <string.h>
#include <world_server.h>

#define PIPES FILES
#define BYTES EXO_PAGE_SIZE // what one call can bring

struct pipe {
  int readers, writers; // open files: 0 or 1 of each
  uint read, written;   // bytes since it was made
  _Alignas(4) char ring[BYTES];
};

static struct pipe pipes[PIPES / 2];

EXO_API struct pipe *
pipe_new(void)
{
  for (struct pipe *pipe = pipes; pipe < pipes + PIPES / 2; pipe++) {
    if (pipe->readers > 0 || pipe->writers > 0) continue;
    pipe->readers = pipe->writers = 1;
    pipe->read = pipe->written = 0;
    return pipe;
  }
  return 0;
}

EXO_API void
pipe_close(struct pipe *pipe, int writable)
{
  if (writable)
    pipe->writers = 0;
  else
    pipe->readers = 0;
  wake(pipe);
}

static uint
least(uint a, uint b)
{
  return a < b ? a : b;
}

EXO_API int
pipe_read(struct process *process, struct pipe *pipe, char *to, uint count)
{
  uint n = 0;

  if (pipe->read == pipe->written && pipe->writers > 0 && count > 0) return wait_for(process, pipe);
  count = least(count, pipe->written - pipe->read);
  while (n < count) {
    uint at = pipe->read % BYTES, piece = least(count - n, BYTES - at);

    memcpy(to + n, pipe->ring + at, piece);
    pipe->read += piece;
    n += piece;
  }
  if (n > 0) wake(pipe);
  return (int)n;
}

// Writes what there is room for. Nobody reads any more: -1.
EXO_API int
pipe_write(struct process *process, struct pipe *pipe, const char *from, uint count)
{
  uint n = 0;

  if (pipe->readers == 0) return -1;
  if (count > 0 && pipe->written - pipe->read == BYTES) return wait_for(process, pipe);
  count = least(count, BYTES - (pipe->written - pipe->read));
  while (n < count) {
    uint at = pipe->written % BYTES, piece = least(count - n, BYTES - at);

    memcpy(pipe->ring + at, from + n, piece);
    pipe->written += piece;
    n += piece;
  }
  if (n > 0) wake(pipe);
  return (int)n;
}
