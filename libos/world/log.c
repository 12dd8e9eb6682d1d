// The log: all that a transaction changes reaches the disk, or nothing of it. One barrier a transaction; see kernel/fs.h for
// what lies where and why that is enough.
#include <string.h>
#include <world_server.h>

static struct block *changed[LOGBLOCKS]; // by the transaction that is being made
static unsigned count;
static uint sequence; // of the next commit

// Only its first sector is written.
static union {
  struct logheader header;
  uint8_t sector[EXO_SECTOR_SIZE];
} head __attribute__((aligned(EXO_SECTOR_SIZE)));

static uint
sum_words(uint sum, const void *from, unsigned bytes)
{
  const uint *words = from;

  for (unsigned i = 0; i < bytes / 4; i++) sum = LOGSUM(sum, words[i]);
  return sum;
}

static uint
sum_of_header(const struct logheader *header)
{
  uint sum = LOGSUM(LOGSUM(LOGSUM_START, header->sequence), header->count);

  return sum_words(sum, header->block, header->count * sizeof header->block[0]);
}

// Whether a half holds a whole transaction.
static int
read_half(uint start, struct logheader *header)
{
  struct block *block = block_get(start);
  uint sum;

  memcpy(header, block->data, sizeof *header);
  block_put(block);
  if (header->magic != LOGMAGIC || header->count == 0 || header->count > LOGBLOCKS) return 0;
  sum = sum_of_header(header);
  for (uint i = 0; i < header->count; i++) {
    if (header->block[i] >= super.size) return 0;
    block = block_get(start + 1 + i);
    sum = sum_words(sum, block->data, BSIZE);
    block_put(block);
  }
  return sum == header->checksum;
}

static void
copy_home(const struct logheader *header)
{
  uint start = LOGHALF(header->sequence, super);

  for (uint i = 0; i < header->count; i++) {
    struct block *from = block_get(start + 1 + i), *to = block_fresh(header->block[i]);

    memcpy(to->data, from->data, BSIZE);
    block_write_start(to->number, BSIZE / EXO_SECTOR_SIZE, to->data);
    block_put(from);
    block_put(to);
  }
}

// After a boot: finishes what was committed.
EXO_API void
log_recover(void)
{
  struct logheader half[2];
  int whole[2];

  for (int i = 0; i < 2; i++)
    whole[i] = read_half(LOGHALF((uint)i, super), &half[i]) && (half[i].sequence & 1) == (uint)i;
  for (int older = 0; older < 2; older++) {
    // With both whole, the one with the smaller number first.
    int i = (whole[0] && whole[1] && half[1].sequence < half[0].sequence) ? !older : older;

    if (!whole[i]) continue;
    copy_home(&half[i]);
    if (half[i].sequence >= sequence) sequence = half[i].sequence + 1;
  }
  if (whole[0] || whole[1]) block_barrier();
}

// A block that this transaction has changed.
EXO_API void
log_write(struct block *block)
{
  if (block->logged) return;
  if (count == LOGBLOCKS) world_fail("a transaction is larger than the log");
  block->logged = 1;
  changed[count++] = block;
}

// Whether the transaction may change so many more blocks.
EXO_API int
log_room(unsigned blocks)
{
  return count + blocks <= LOGBLOCKS;
}

// Ends a transaction. When this returns it is there after any power failure.
EXO_API void
log_commit(void)
{
  uint start = LOGHALF(sequence, super);

  if (count == 0) return;
  memset(&head, 0, sizeof head);
  head.header.magic = LOGMAGIC;
  head.header.sequence = sequence;
  head.header.count = count;
  for (unsigned i = 0; i < count; i++) head.header.block[i] = changed[i]->number;
  head.header.checksum = sum_of_header(&head.header);
  for (unsigned i = 0; i < count; i++) {
    head.header.checksum = sum_words(head.header.checksum, changed[i]->data, BSIZE);
    block_write_start(start + 1 + i, BSIZE / EXO_SECTOR_SIZE, changed[i]->data); //@step log
  }
  block_write_start(start, 1, &head); //@step commit
  block_barrier();
  for (unsigned i = 0; i < count; i++) { //@step home
    block_write_start(changed[i]->number, BSIZE / EXO_SECTOR_SIZE, changed[i]->data);
    changed[i]->logged = 0;
  }
  count = 0;
  sequence++;
}
