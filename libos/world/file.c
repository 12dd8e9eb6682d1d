// What is open. A process names an open file by its number here, and reaches those that it holds; descriptors, and which of them are
// duplicates of which, are the library's affair.
#include <string.h>
#include <world_server.h>

struct file files[FILES];

EXO_API struct file *
file_of(struct process *process, uint32_t number)
{
  if (number >= FILES || !(process->holds[number / 32] & 1u << number % 32)) return 0;
  return &files[number];
}

EXO_API int
file_hold(struct process *process, int number)
{
  process->holds[number / 32] |= 1u << number % 32;
  files[number].users++;
  return number;
}

EXO_API void
file_copy_holds(struct process *from, struct process *to)
{
  for (int i = 0; i < FILES; i++)
    if (from->holds[i / 32] & 1u << i % 32) file_hold(to, i);
}

EXO_API void
file_let_go(struct process *process, int number)
{
  struct file *file = &files[number];

  process->holds[number / 32] &= ~(1u << number % 32);
  if (--file->users > 0) return;
  if (file->type == FILE_PIPE) pipe_close(file->pipe, file->writable);
  if (file->inode) inode_put(file->inode);
  memset(file, 0, sizeof *file);
}

// A free place, or -1.
static int
find_free(void)
{
  for (int i = 0; i < FILES; i++)
    if (files[i].users == 0) return i;
  return -1;
}

static int
take(struct process *process, struct file file)
{
  int number = find_free();

  if (number < 0) return -1;
  files[number] = file;
  files[number].users = 0;
  return file_hold(process, number);
}

static unsigned
wanted(unsigned flags)
{
  if (flags & WORLD_TO_EXECUTE) return MAY_EXECUTE;
  if ((flags & 3) == O_RDONLY) return MAY_READ;
  return (flags & 3) == O_WRONLY ? MAY_WRITE : MAY_READ | MAY_WRITE;
}

EXO_API int
file_open(struct process *process, const char *path, unsigned flags, ushort mode)
{
  struct file file = {.readable = (flags & 3) != O_WRONLY,
                      .writable = (flags & 3) != O_RDONLY,
                      .appends = (flags & O_APPEND) != 0};
  struct inode *inode;
  int number = -1;

  // Looked for first: a file that cannot be opened is not made.
  if (find_free() < 0) return -1;
  inode = flags & O_CREATE ? path_create(process, path, T_FILE, mode, 0, 0)
                           : path_find(process, path);
  if (!inode) return -1;
  file.inode = inode;
  if (inode->d.type == T_DEVICE) {
    file.type = FILE_TTY;
    if (inode->d.major == 1) number = take(process, file);
  } else if (may(process, inode, wanted(flags)) && (inode->d.type != T_DIR || !file.writable)) {
    file.type = FILE_INODE;
    if (flags & O_TRUNC && inode->d.type == T_FILE) inode_truncate(inode);
    number = take(process, file);
  }
  if (number < 0) inode_put(inode);
  return number;
}

// The terminal without a name, for a first process that does not open it.
EXO_API int
file_console(struct process *process)
{
  struct file file = {.type = FILE_TTY, .readable = 1, .writable = 1};

  return take(process, file);
}

EXO_API int
file_pipe(struct process *process, uint32_t *write_end)
{
  struct file reader = {.type = FILE_PIPE, .readable = 1};
  struct file writer = {.type = FILE_PIPE, .writable = 1};
  int read_number, write_number;

  reader.pipe = writer.pipe = pipe_new();
  if (!reader.pipe) return -1;
  read_number = take(process, reader);
  if (read_number < 0) {
    pipe_close(reader.pipe, 0);
    pipe_close(reader.pipe, 1);
    return -1;
  }
  write_number = take(process, writer);
  if (write_number < 0) {
    pipe_close(reader.pipe, 1);
    file_let_go(process, read_number);
    return -1;
  }
  *write_end = (uint32_t)write_number;
  return read_number;
}

EXO_API int
file_close(struct process *process, uint32_t number)
{
  if (!file_of(process, number)) return -1;
  file_let_go(process, (int)number);
  return 0;
}

EXO_API int
file_read(struct process *process, struct file *file, void *to, uint count)
{
  int got;

  if (!file->readable) return -1;
  if (file->type == FILE_PIPE) return pipe_read(process, file->pipe, to, count);
  if (file->type == FILE_TTY) return tty_read(process, to, count);
  got = inode_read(file->inode, file->offset, to, count);
  file->offset += (uint)got;
  return got;
}

EXO_API int
file_write(struct process *process, struct file *file, const void *from, uint count)
{
  int written;

  if (!file->writable) return -1;
  if (file->type == FILE_PIPE) return pipe_write(process, file->pipe, from, count);
  if (file->type == FILE_TTY) return tty_write(from, count);
  if (file->appends) file->offset = file->inode->d.size;
  written = inode_write(file->inode, file->offset, from, count);
  if (written > 0) file->offset += (uint)written;
  return written;
}

EXO_API int
file_stat(struct file *file, uint32_t words[])
{
  struct inode *inode = file->inode;

  if (file->type == FILE_PIPE) return -1;
  words[0] = 1;
  words[1] = inode ? inode->number : 0;
  words[2] = inode ? (uint32_t)inode->d.type : T_DEVICE;
  words[3] = inode ? (uint32_t)inode->d.nlink : 1;
  words[4] = inode ? inode->d.size : 0;
  words[5] = inode ? inode->d.mode : 0666;
  words[6] = inode ? inode->d.uid : 0;
  return 0;
}

EXO_API int
file_seek(struct file *file, uint offset)
{
  if (file->type != FILE_INODE) return -1;
  file->offset = offset;
  return 0;
}
