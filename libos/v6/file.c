// Files. Descriptors are ours: dup and the closing of a duplicate need nobody. What is open is the server's, by numbers.
#include <string.h>
#include <kernel/types.h>
#include <kernel/fcntl.h>
#include <kernel/stat.h>
#include "library.h"

int8_t descriptors[NOFILE_MAX] = {-1, -1, -1, -1, -1, -1, -1, -1,
                                  -1, -1, -1, -1, -1, -1, -1, -1};

static int
file_of(int fd)
{
  return fd < 0 || fd >= NOFILE_MAX ? -1 : descriptors[fd];
}

// The lowest descriptor that is free, now for a file; -1 when there is none.
static int
take_descriptor(int file)
{
  for (int fd = 0; fd < NOFILE_MAX; fd++) {
    if (descriptors[fd] >= 0) continue;
    descriptors[fd] = (int8_t)file;
    return fd;
  }
  return -1;
}

static int
has_free_descriptor(unsigned count)
{
  for (int fd = 0; fd < NOFILE_MAX; fd++)
    if (descriptors[fd] < 0 && count > 0) count--;
  return count == 0;
}

EXO_API int
open(const char *path, int how)
{
  int file;

  if (!has_free_descriptor(1)) return -1;
  file = call_path(WORLD_OPEN, path, (uint32_t)how, 0644);
  return file < 0 ? -1 : take_descriptor(file);
}

EXO_API int
dup(int fd)
{
  int file = file_of(fd);

  return file < 0 ? -1 : take_descriptor(file);
}

EXO_API int
close(int fd)
{
  int file = file_of(fd);

  if (file < 0) return -1;
  descriptors[fd] = -1;
  for (int other = 0; other < NOFILE_MAX; other++)
    if (descriptors[other] == file) return 0;
  return call2(WORLD_CLOSE, (uint32_t)file, 0);
}

EXO_API int
pipe(int fds[2])
{
  uint32_t words[RPC_WORDS] = {WORLD_PIPE};
  int file;

  if (!range_allows(fds, 2 * sizeof(int), EXO_RIGHT_READ | EXO_RIGHT_WRITE)) return -1;
  if (!has_free_descriptor(2)) return -1;
  file = world_call(words);
  if (file < 0) return -1;
  fds[0] = take_descriptor(file);
  fds[1] = take_descriptor((int)words[1]);
  return 0;
}

// Reads up to the window's size.
static int
read_some(int file, char *to, unsigned count)
{
  int got = call2(WORLD_READ, (uint32_t)file, count);

  if (got > 0) memcpy(to, WINDOW_DATA, (unsigned)got);
  return got;
}

EXO_API int
read(int fd, void *to, int count)
{
  int file = file_of(fd), done = 0;

  if (file < 0 || count < 0) return -1;
  if (!range_allows(to, (uint32_t)count, EXO_RIGHT_READ | EXO_RIGHT_WRITE)) return -1;
  while (done < count) {
    unsigned wanted = (unsigned)(count - done) < EXO_PAGE_SIZE ? (unsigned)(count - done) : EXO_PAGE_SIZE;
    int got = read_some(file, (char *)to + done, wanted);

    if (got < 0) return done > 0 ? done : -1;
    done += got;
    if ((unsigned)got < wanted) break;
  }
  return done;
}

EXO_API int
write(int fd, const void *from, int count)
{
  int file = file_of(fd), done = 0;

  if (file < 0 || count < 0) return -1;
  if (!range_allows(from, (uint32_t)count, EXO_RIGHT_READ)) return -1;
  do {
    unsigned now = (unsigned)(count - done) < EXO_PAGE_SIZE ? (unsigned)(count - done) : EXO_PAGE_SIZE;
    int written;

    memcpy(WINDOW_DATA, (const char *)from + done, now);
    written = call2(WORLD_WRITE, (uint32_t)file, now);
    if (written < 0) return -1;
    done += written;
  } while (done < count);
  return done;
}

EXO_API int
fstat(int fd, struct stat *st)
{
  uint32_t words[RPC_WORDS] = {WORLD_FSTAT, (uint32_t)file_of(fd)};

  if (file_of(fd) < 0) return -1;
  if (!range_allows(st, sizeof *st, EXO_RIGHT_READ | EXO_RIGHT_WRITE)) return -1;
  if (world_call(words) < 0) return -1;
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
  if (!string_allows(path, WORLD_PATH) || !string_allows(name, WORLD_PATH)) return -1;
  strcpy(WINDOW_DATA, path);
  strcpy(WINDOW_DATA + WORLD_PATH, name);
  return call2(WORLD_LINK, WORLD_PATH, 0);
}

EXO_API int
unlink(const char *path)
{
  return call_path(WORLD_UNLINK, path, 0, 0);
}

EXO_API int
mkdir(const char *path)
{
  return call_path(WORLD_MKDIR, path, 0, 0);
}

EXO_API int
mknod(const char *path, short major, short minor)
{
  return call_path(WORLD_MKNOD, path, (uint32_t)major, (uint32_t)minor);
}

EXO_API int
chdir(const char *path)
{
  return call_path(WORLD_CHDIR, path, 0, 0);
}

EXO_API int
chmod(const char *path, int mode)
{
  return call_path(WORLD_CHMOD, path, (uint32_t)mode, 0);
}

EXO_API int
chown(const char *path, int uid)
{
  return call_path(WORLD_CHOWN, path, (uint32_t)uid, 0);
}
