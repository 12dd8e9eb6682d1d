// The server of the UNIX in test-workspace/mono: file system, processes, descriptors, memory, fork and exec, all in one
// environment. It comes from the library (libos/monolith) whole; a function of the same name defined here takes the place of its part.
#include <monolith.h>

int
main(int argc, char **argv)
{
  return monolith_main(argc, argv);
}
