// A world that does not wait for the disk: what it has "committed" may reach the platter in any order.
#include <world.h>

void block_barrier(void);

void
block_barrier(void)
{
}

int
main(int argc, char **argv)
{
  return world_main(argc, argv);
}
