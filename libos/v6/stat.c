// What a file is, by its path: there is a call for descriptors only.
#include "libos.h"
#include "kernel/types.h"
#include "kernel/fcntl.h"
#include "user/user.h"

EXO_API int
stat(const char *path, struct stat *st)
{
  int fd = open(path, O_RDONLY), result;

  if (fd < 0) return -1;
  result = fstat(fd, st);
  close(fd);
  return result;
}
