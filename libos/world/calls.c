// The calls of processes, one after the other: each brings its caller's slice, and is a transaction of its own.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <world.h>
#include <world_server.h>

// News that came while a call was being served, or a handler ran.
static volatile int in_call, environments_changed, input_came;

EXO_API void
world_fail(const char *why)
{
  printf("world: %s\n", why);
  exit(1);
}

static void
look_at_news(void)
{
  while (environments_changed || input_came) {
    if (environments_changed) {
      environments_changed = 0;
      space_look();
    }
    if (input_came) {
      input_came = 0;
      tty_take_input();
    }
  }
  log_commit(); // the end of a process may free a file
}

// Outside of a call there is nobody else to look. News may come while we end to look, as while the disk takes a commit: so it is
// seen to again when we are out.
static void
news_came(void)
{
  while (!in_call && (environments_changed || input_came)) {
    in_call = 1;
    look_at_news();
    in_call = 0;
  }
}

// An environment ended: our capability for it is gone. Which one it was, space_look finds out.
void
on_repossession(struct upcall_frame *frame)
{
  struct exo_repossession_next loss;

  (void)frame;
  while (exo_repossession_next(&loss) >= 0) environments_changed = 1;
  if (environments_changed) news_came();
}

void
on_console_input(struct upcall_frame *frame)
{
  (void)frame;
  input_came = 1;
  news_came();
}

// The path in the caller's window, copied: the caller could change it while it is looked at.
static int
copy_path(const struct space *space, uint32_t offset, char path[WORLD_PATH])
{
  const char *window = space_window(space);

  if (offset > EXO_PAGE_SIZE - WORLD_PATH) return -1;
  memcpy(path, window + offset, WORLD_PATH);
  return memchr(path, 0, WORLD_PATH) ? 0 : -1;
}

static int
made(struct inode *inode)
{
  if (!inode) return -1;
  inode_put(inode);
  return 0;
}

static int
change_directory(struct process *process, const char *path)
{
  struct inode *inode = path_find(process, path);

  if (!inode || inode->d.type != T_DIR || !may(process, inode, MAY_EXECUTE)) {
    if (inode) inode_put(inode);
    return -1;
  }
  inode_put(process->directory);
  process->directory = inode;
  return 0;
}

static int
change_inode(struct process *process, const char *path, int new_mode, int new_uid)
{
  struct inode *inode = path_find(process, path);
  int result = -1;

  if (!inode) return -1;
  if (process->uid == 0 || (process->uid == inode->d.uid && new_uid < 0)) {
    if (new_mode >= 0) inode->d.mode = (ushort)(new_mode & 0777);
    if (new_uid >= 0) inode->d.uid = (ushort)new_uid;
    inode_update(inode);
    result = 0;
  }
  inode_put(inode);
  return result;
}

static int
set_uid(struct process *process, uint32_t uid)
{
  if (uid > 0xffff || (process->uid != 0 && process->uid != uid)) return -1;
  process->uid = (ushort)uid;
  return 0;
}

// Calls on paths.
static int
serve_path(struct process *process, uint32_t words[])
{
  static char path[WORLD_PATH], second[WORLD_PATH];

  if (copy_path(process->space, 0, path) < 0) return -1;
  switch (words[0]) {
  case WORLD_OPEN:
    return file_open(process, path, words[1], (ushort)(words[2] & 0777));
  case WORLD_LINK:
    if (copy_path(process->space, words[1], second) < 0) return -1;
    return path_link(process, path, second);
  case WORLD_UNLINK:
    return path_unlink(process, path);
  case WORLD_MKDIR:
    return made(path_create(process, path, T_DIR, 0755, 0, 0));
  case WORLD_MKNOD:
    return made(path_create(process, path, T_DEVICE, 0666, (short)words[1], (short)words[2]));
  case WORLD_CHDIR:
    return change_directory(process, path);
  case WORLD_CHMOD:
    return change_inode(process, path, (int)(words[1] & 0777), -1);
  case WORLD_CHOWN:
    return change_inode(process, path, -1, (int)(words[1] & 0xffff));
  default:
    return exec_done(process, words[1], words[2], path);
  }
}

// Calls on open files.
static int
serve_file(struct process *process, uint32_t words[])
{
  struct file *file = file_of(process, words[1]);
  void *window = space_window(process->space);

  if (!file) return -1;
  switch (words[0]) {
  case WORLD_CLOSE:
    return file_close(process, words[1]);
  case WORLD_READ:
    return words[2] > EXO_PAGE_SIZE ? -1 : file_read(process, file, window, words[2]);
  case WORLD_WRITE:
    return words[2] > EXO_PAGE_SIZE ? -1 : file_write(process, file, window, words[2]);
  case WORLD_FSTAT:
    return file_stat(file, words);
  default:
    return file_seek(file, words[2]);
  }
}

EXO_API int
serve_world(struct process *process, uint32_t words[RPC_WORDS])
{
  switch (words[0]) {
  case WORLD_EXIT:
    process_exit(process, (int)words[1]);
    return 0;
  case WORLD_WAIT:
    return process_wait(process, (int *)&words[1]);
  case WORLD_KILL:
    return process_kill((int)words[1]);
  case WORLD_FORK_BEGIN:
    return fork_begin(process, words);
  case WORLD_FORK_DONE:
    return fork_done(process, words[1], words[2]);
  case WORLD_EXEC_BEGIN:
    return exec_begin(process, words);
  case WORLD_NEW_CANCEL:
    return cancel_new(process);
  case WORLD_EMANCIPATED:
    space_cut(process->space);
    return 0;
  case WORLD_PARENT:
    return process->parent ? process->parent->pid : 0;
  case WORLD_GETUID:
    return process->uid;
  case WORLD_SETUID:
    return set_uid(process, words[1]);
  case WORLD_INTERRUPT:
    process->ignores_interrupt = words[1] != 0;
    return 0;
  case WORLD_PIPE:
    return file_pipe(process, &words[1]);
  case WORLD_CLOSE:
  case WORLD_READ:
  case WORLD_WRITE:
  case WORLD_FSTAT:
  case WORLD_SEEK:
    return serve_file(process, words);
  case WORLD_EXEC_DONE:
  case WORLD_OPEN:
  case WORLD_LINK:
  case WORLD_UNLINK:
  case WORLD_MKDIR:
  case WORLD_MKNOD:
  case WORLD_CHDIR:
  case WORLD_CHMOD:
  case WORLD_CHOWN:
    return serve_path(process, words);
  default:
    return -1;
  }
}

// A call of a process. Another server has other calls, and answers these as we do.
EXO_API int
serve(struct process *process, uint32_t words[RPC_WORDS])
{
  return serve_world(process, words);
}

// What rpc_serve runs for each call. Only the kernel's word counts for who calls.
EXO_API int
world_serve(exo_env client, uint32_t words[RPC_WORDS])
{
  struct space *space;
  int result;

  in_call = 1;
  world_page->busy = 1;
  look_at_news();
  space = space_of(client);
  result = space && space->process && space->process->space == space
               ? serve(space->process, words)
               : -1;
  if (result == WORLD_AGAIN) words[1] = world_page->space[space_index(space)].news;
  look_at_news();
  world_page->busy = 0;
  in_call = 0;
  news_came();
  return result;
}

EXO_API int
world_main(int argc, char **argv)
{
  static char *const init[] = {"/init", 0};
  char *const *program = argc > 1 ? argv + 1 : init;

  exo_env_set_entry(0, EXO_ENTRY_CONSOLE, (uintptr_t)upcall_entry);
  exo_env_set_entry(0, EXO_ENTRY_DISK, (uintptr_t)upcall_entry);
  block_open();
  log_recover();
  inode_reclaim();
  space_start();
  if (start_first(program) < 0) {
    printf("world: there is no program '%s' on the disk, or it cannot be loaded\n", program[0]);
    return 1;
  }
  input_came = 1; // what was typed before
  news_came();
  rpc_serve(world_serve);
}
