// What a file is, as fstat tells. Include kernel/types.h first.
#ifndef KERNEL_STAT_H
#define KERNEL_STAT_H

#define T_DIR    1
#define T_FILE   2
#define T_DEVICE 3

struct stat {
  int dev;     // the disk of its file system
  uint ino;    // its inode's number
  short type;  // T_DIR, T_FILE, T_DEVICE
  short nlink; // names that it has in directories
  uint64 size; // bytes
  // What xv6 does not have comes last.
  ushort mode; // permission bits: rwxrwxrwx
  ushort uid;  // owner
};

// The mode bits that can be asked for, of the owner; shifted right by 6 those of everybody else. There are no groups: the three bits
// between are kept, and nobody looks at them.
#define S_IRUSR 0400
#define S_IWUSR 0200
#define S_IXUSR 0100
#define S_IROTH 0004
#define S_IWOTH 0002
#define S_IXOTH 0001

#endif
