// A world whose cache writes a changed block home as soon as nobody uses it: before its transaction is in the log. (A database would say
// that it steals, and has nothing to undo with.)
#include <world.h>
#include "../server.h"

void
block_put(struct block *block)
{
  block->pins--;
  if (block->pins == 0 && block->logged)
    block_write_start(block->number, BSIZE / EXO_SECTOR_SIZE, block->data);
}

int
main(int argc, char **argv)
{
  return world_main(argc, argv);
}
