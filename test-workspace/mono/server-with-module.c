// The server of mono with a module of somebody's in it: what is written to the terminal goes past it. The module has a bug
// (line-lengths.h), and here it has the whole of UNIX to do harm to.
#include <monolith.h>
#include <world_server.h>
#include "line-lengths.h"

// In place of the library's (libos/world/tty.c).
int
tty_write(const char *from, uint count)
{
  note_lines(from, count); //@step module
  console_write(from, count);
  return (int)count;
}

int
main(int argc, char **argv)
{
  return monolith_main(argc, argv);
}
