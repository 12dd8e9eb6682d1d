// The server of a UNIX world: the file system, the table of processes, pipes and the terminal, in an environment without any
// privilege. It comes from the library (libos/world) whole; a function of the same name defined here takes the place of
// its part.
#include <world.h>

int
main(int argc, char **argv)
{
  return world_main(argc, argv);
}
