// Pipes: a ring of bytes between those who hold its ends.
#include <world_server.h>

#define PIPES FILES
#define BYTES 512

struct pipe {
  int readers, writers; // open files: 0 or 1 of each
  uint read, written;   // bytes since it was made
  char ring[BYTES];
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

EXO_API int
pipe_read(struct process *process, struct pipe *pipe, char *to, uint count)
{
  uint n = 0;

  if (pipe->read == pipe->written && pipe->writers > 0 && count > 0) return wait_for(process, pipe);
  for (; n < count && pipe->read != pipe->written; n++) to[n] = pipe->ring[pipe->read++ % BYTES];
  if (n > 0) wake(pipe);
  return (int)n;
}

// Writes what there is room for. Nobody reads any more: -1.
EXO_API int
pipe_write(struct process *process, struct pipe *pipe, const char *from, uint count)
{
  uint n = 0;

  if (pipe->readers == 0) return -1;
  for (; n < count && pipe->written - pipe->read < BYTES; n++)
    pipe->ring[pipe->written++ % BYTES] = from[n];
  if (n > 0) wake(pipe);
  return n > 0 || count == 0 ? (int)n : wait_for(process, pipe);
}
