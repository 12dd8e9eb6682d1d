// Names: directories and paths.
#include <string.h>
#include <world_server.h>

#define READ_ENTRY(directory, at, entry) \
  (inode_read(directory, at, entry, sizeof *(entry)) == sizeof *(entry))

// Whether a process may do what `access` has bits of.
EXO_API int
may(const struct process *process, const struct inode *inode, unsigned access)
{
  unsigned bits = inode->d.uid == process->uid ? inode->d.mode >> 6 : inode->d.mode;

  return process->uid == 0 || (bits & access) == access;
}

// The inode of a name in a directory, with one user more, and where the entry is; 0 when there is none.
EXO_API struct inode *
directory_look_up(struct inode *directory, const char *name, uint *offset)
{
  struct dirent entry;

  for (uint at = 0; READ_ENTRY(directory, at, &entry); at += sizeof entry) {
    if (entry.inum == 0 || strncmp(entry.name, name, DIRSIZ) != 0) continue;
    if (offset) *offset = at;
    return inode_get(entry.inum);
  }
  return 0;
}

// Writes a name into a directory. Returns 0, or -1 when it is there or there is no room.
EXO_API int
directory_enter(struct inode *directory, const char *name, uint number)
{
  struct dirent entry;
  struct inode *there = directory_look_up(directory, name, 0);
  uint at;

  if (there) {
    inode_put(there);
    return -1;
  }
  for (at = 0; READ_ENTRY(directory, at, &entry); at += sizeof entry)
    if (entry.inum == 0) break;
  memset(&entry, 0, sizeof entry);
  strncpy(entry.name, name, DIRSIZ);
  entry.inum = (ushort)number;
  return inode_write(directory, at, &entry, sizeof entry) == sizeof entry ? 0 : -1;
}

// Copies the next name of a path and returns what follows it; 0 when there is none. Longer names are cut off.
static const char *
next_name(const char *path, char name[DIRSIZ + 1])
{
  unsigned length = 0;

  while (*path == '/') path++;
  if (*path == 0) return 0;
  for (; *path && *path != '/'; path++)
    if (length < DIRSIZ) name[length++] = *path;
  name[length] = 0;
  while (*path == '/') path++;
  return path;
}

// Walks a path to its end, or with `parent` to the directory that its last name is in.
static struct inode *
walk(struct process *process, const char *path, int parent, char name[DIRSIZ + 1])
{
  struct inode *at = *path == '/' ? inode_get(ROOTINO) : process->directory;

  if (!at) return 0;
  if (at == process->directory && *path != '/') inode_share(at);
  while ((path = next_name(path, name)) != 0) {
    struct inode *next;

    if (at->d.type != T_DIR || !may(process, at, MAY_EXECUTE)) break;
    if (parent && *path == 0) return at;
    next = directory_look_up(at, name, 0);
    inode_put(at);
    if (!next) return 0;
    at = next;
  }
  if (path == 0 && !parent) return at;
  inode_put(at);
  return 0;
}

EXO_API struct inode *
path_find(struct process *process, const char *path)
{
  char name[DIRSIZ + 1];

  return *path ? walk(process, path, 0, name) : 0;
}

EXO_API struct inode *
path_parent(struct process *process, const char *path, char name[DIRSIZ + 1])
{
  return *path ? walk(process, path, 1, name) : 0;
}

// Gives a new inode its name, and a new directory its first two. Returns 0 or -1.
static int
name_new(struct inode *directory, const char *name, struct inode *inode)
{
  inode->d.nlink = 1;
  if (inode->d.type == T_DIR) {
    inode->d.nlink = 1; // `.` is not counted, as in xv6
    if (directory_enter(inode, ".", inode->number) < 0 ||
        directory_enter(inode, "..", directory->number) < 0)
      return -1;
  }
  inode_update(inode);
  if (directory_enter(directory, name, inode->number) < 0) return -1;
  if (inode->d.type == T_DIR) {
    directory->d.nlink++; // for `..`
    inode_update(directory);
  }
  return 0;
}

// Makes what a path names. A file that is there already is as good when a file is wanted. Returns it with one user more, or 0.
EXO_API struct inode *
path_create(struct process *process, const char *path, short type, ushort mode, short major,
            short minor)
{
  char name[DIRSIZ + 1];
  struct inode *directory = path_parent(process, path, name), *inode;

  if (!directory) return 0;
  inode = directory_look_up(directory, name, 0);
  if (inode) {
    inode_put(directory);
    if (type == T_FILE && (inode->d.type == T_FILE || inode->d.type == T_DEVICE)) return inode;
    inode_put(inode);
    return 0;
  }
  if (may(process, directory, MAY_WRITE) && directory->d.nlink > 0) {
    inode = inode_new(type, mode, process->uid);
    if (inode) {
      inode->d.major = major;
      inode->d.minor = minor;
      if (name_new(directory, name, inode) < 0) {
        inode->d.nlink = 0;
        inode_put(inode); // frees it, and its blocks
        inode = 0;
      }
    }
  }
  inode_put(directory);
  return inode;
}

EXO_API int
path_link(struct process *process, const char *old, const char *new)
{
  char name[DIRSIZ + 1];
  struct inode *inode = path_find(process, old), *directory;
  int result = -1;

  if (!inode) return -1;
  directory = inode->d.type == T_DIR ? 0 : path_parent(process, new, name);
  if (directory) {
    if (may(process, directory, MAY_WRITE) && directory->d.nlink > 0 &&
        directory_enter(directory, name, inode->number) == 0) {
      inode->d.nlink++;
      inode_update(inode);
      result = 0;
    }
    inode_put(directory);
  }
  inode_put(inode);
  return result;
}

static int
is_empty(struct inode *directory)
{
  struct dirent entry;

  for (uint at = 2 * sizeof entry; READ_ENTRY(directory, at, &entry); at += sizeof entry)
    if (entry.inum != 0) return 0;
  return 1;
}

EXO_API int
path_unlink(struct process *process, const char *path)
{
  char name[DIRSIZ + 1];
  struct inode *directory = path_parent(process, path, name), *inode;
  struct dirent nothing = {0};
  uint offset;

  if (!directory) return -1;
  inode = strcmp(name, ".") == 0 || strcmp(name, "..") == 0
              ? 0
              : directory_look_up(directory, name, &offset);
  if (inode && may(process, directory, MAY_WRITE) &&
      (inode->d.type != T_DIR || is_empty(inode))) {
    inode_write(directory, offset, &nothing, sizeof nothing);
    if (inode->d.type == T_DIR) {
      directory->d.nlink--; // its `..`
      inode_update(directory);
    }
    inode->d.nlink--;
    inode_update(inode);
    inode_put(inode);
    inode_put(directory);
    return 0;
  }
  if (inode) inode_put(inode);
  inode_put(directory);
  return -1;
}
