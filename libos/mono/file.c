// Files: a call each. Bytes travel in the window.
#include <kernel/types.h>
#include <kernel/stat.h>
#include "library.h"

EXO_API int
open(const char *path, int how)
{
  return mono_path(WORLD_OPEN, path, (uint32_t)how, 0644);
}

EXO_API int
dup(int fd)
{
  return mono_call2(MONO_DUP, (uint32_t)fd, 0);
}

EXO_API int
close(int fd)
{
  return mono_call2(WORLD_CLOSE, (uint32_t)fd, 0);
}

EXO_API int
pipe(int fds[2])
{
  uint32_t words[RPC_WORDS] = {WORLD_PIPE};
  int read_end;

  if (user_probe(fds, 2 * sizeof(int), 1) < 0) return -1;
  read_end = mono_call(words);
  if (read_end < 0) return -1;
  fds[0] = read_end;
  fds[1] = (int)words[1];
  return 0;
}

static unsigned
piece(int count)
{
  return (unsigned)count < EXO_PAGE_SIZE ? (unsigned)count : EXO_PAGE_SIZE;
}

EXO_API int
read(int fd, void *to, int count)
{
  int done = 0;

  if (count < 0 || user_probe(to, (uint32_t)count, 1) < 0) return -1;
  do {
    unsigned wanted = piece(count - done);
    int got = mono_call2(WORLD_READ, (uint32_t)fd, wanted);

    if (got < 0) return done > 0 ? done : -1;
    user_copy((char *)to + done, WINDOW_DATA, (unsigned)got);
    done += got;
    if ((unsigned)got < wanted) break;
  } while (done < count);
  return done;
}

EXO_API int
write(int fd, const void *from, int count)
{
  int done = 0;

  if (count < 0 || user_probe(from, (uint32_t)count, 0) < 0) return -1;
  do {
    unsigned now = piece(count - done);
    int written;

    user_copy(WINDOW_DATA, (const char *)from + done, now);
    written = mono_call2(WORLD_WRITE, (uint32_t)fd, now);
    if (written < 0) return -1;
    done += written;
  } while (done < count);
  return done;
}

EXO_API int
fstat(int fd, struct stat *st)
{
  uint32_t words[RPC_WORDS] = {WORLD_FSTAT, (uint32_t)fd};

  if (user_probe(st, sizeof *st, 1) < 0) return -1;
  if (mono_call(words) < 0) return -1;
  st->dev = (int)words[0];
  st->ino = words[1];
  st->type = (short)words[2];
  st->nlink = (short)words[3];
  st->size = words[4];
  st->mode = (ushort)words[5];
  st->uid = (ushort)words[6];
  return 0;
}

EXO_API int
link(const char *path, const char *name)
{
  if (user_string(WINDOW_DATA, path, WORLD_PATH) < 0) return -1;
  if (user_string(WINDOW_DATA + WORLD_PATH, name, WORLD_PATH) < 0) return -1;
  return mono_call2(WORLD_LINK, WORLD_PATH, 0);
}

EXO_API int
unlink(const char *path)
{
  return mono_path(WORLD_UNLINK, path, 0, 0);
}

EXO_API int
mkdir(const char *path)
{
  return mono_path(WORLD_MKDIR, path, 0, 0);
}

EXO_API int
mknod(const char *path, short major, short minor)
{
  return mono_path(WORLD_MKNOD, path, (uint32_t)major, (uint32_t)minor);
}

EXO_API int
chdir(const char *path)
{
  return mono_path(WORLD_CHDIR, path, 0, 0);
}

EXO_API int
chmod(const char *path, int mode)
{
  return mono_path(WORLD_CHMOD, path, (uint32_t)mode, 0);
}

EXO_API int
chown(const char *path, int uid)
{
  return mono_path(WORLD_CHOWN, path, (uint32_t)uid, 0);
}
