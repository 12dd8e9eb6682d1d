// A world without a log: a transaction's blocks go home at once, one after the other, and each is waited for. Durable, and in order;
// what a barrier cannot do is make one of several writes.
#include <world.h>
#include <world_server.h>

static struct block *changed[LOGBLOCKS];
static unsigned count;

void
log_write(struct block *block)
{
  if (block->logged) return;
  block->logged = 1;
  changed[count++] = block;
}

void
log_commit(void)
{
  for (unsigned i = 0; i < count; i++) {
    block_write_start(changed[i]->number, BSIZE / EXO_SECTOR_SIZE, changed[i]->data);
    block_barrier();
    changed[i]->logged = 0;
  }
  count = 0;
}

int
main(int argc, char **argv)
{
  return world_main(argc, argv);
}
