// Files: inodes, and the blocks that belong to them.
#include <string.h>
#include <world_server.h>

#define INODES 64 // in use at once

static struct inode inodes[INODES];

static struct dinode *
on_disk(struct block *block, uint number)
{
  return (struct dinode *)block->data + number % IPB;
}

// Returns an inode by its number, with one user more, or 0 when too many are in use.
EXO_API struct inode *
inode_get(uint number)
{
  struct inode *free = 0;
  struct block *block;

  for (struct inode *inode = inodes; inode < inodes + INODES; inode++) {
    if (inode->users > 0 && inode->number == number) {
      inode->users++;
      return inode;
    }
    if (inode->users == 0) free = inode;
  }
  if (!free) return 0;
  block = block_get(IBLOCK(number, super));
  free->d = *on_disk(block, number);
  block_put(block);
  free->number = number;
  free->users = 1;
  return free;
}

EXO_API void
inode_share(struct inode *inode)
{
  inode->users++;
}

// One user less. With the last one a file without names goes.
EXO_API void
inode_put(struct inode *inode)
{
  if (inode->users == 1 && inode->d.nlink == 0 && inode->d.type != 0) {
    inode_truncate(inode);
    inode->d.type = 0;
    inode_update(inode);
  }
  inode->users--;
}

// A free inode, with no name yet; 0 when none is left.
EXO_API struct inode *
inode_new(short type, ushort mode, ushort uid)
{
  for (uint number = 1; number < super.ninodes; number++) {
    struct block *block = block_get(IBLOCK(number, super));
    int is_free = on_disk(block, number)->type == 0;
    struct inode *inode;

    block_put(block);
    if (!is_free) continue;
    inode = inode_get(number);
    if (!inode) return 0;
    memset(&inode->d, 0, sizeof inode->d);
    inode->d.type = type;
    inode->d.mode = mode;
    inode->d.uid = uid;
    inode_update(inode);
    return inode;
  }
  return 0;
}

EXO_API void
inode_update(struct inode *inode)
{
  struct block *block = block_get(IBLOCK(inode->number, super));

  *on_disk(block, inode->number) = inode->d;
  log_write(block);
  block_put(block);
}

// Takes a free block, full of zeros. Returns 0 when the disk is full.
static uint
take_block(void)
{
  for (uint base = 0; base < super.size; base += BPB) {
    struct block *map = block_get(BBLOCK(base, super));

    for (uint i = 0; i < BPB && base + i < super.size; i++) {
      if (map->data[i / 8] == 0xff) {
        i |= 7;
        continue;
      }
      if (map->data[i / 8] & 1 << i % 8) continue;
      map->data[i / 8] |= (uint8_t)(1 << i % 8);
      log_write(map);
      block_put(map);
      map = block_fresh(base + i);
      log_write(map);
      block_put(map);
      return base + i;
    }
    block_put(map);
  }
  return 0;
}

static void
free_block(uint number)
{
  struct block *map = block_get(BBLOCK(number, super));

  map->data[number % BPB / 8] &= (uint8_t) ~(1 << number % 8);
  log_write(map);
  block_put(map);
}

// The block that holds a file's n-th block; takes it if there is none and `take` says so. 0 when there is none.
static uint
block_of(struct inode *inode, uint n, int take)
{
  struct block *block;
  uint *entry, number;

  if (n < NDIRECT) {
    if (inode->d.addrs[n] == 0 && take) inode->d.addrs[n] = take_block();
    return inode->d.addrs[n];
  }
  n -= NDIRECT;
  if (n >= NINDIRECT) return 0;
  if (inode->d.addrs[NDIRECT] == 0 && take) inode->d.addrs[NDIRECT] = take_block();
  if (inode->d.addrs[NDIRECT] == 0) return 0;
  block = block_get(inode->d.addrs[NDIRECT]);
  entry = (uint *)block->data + n;
  if (*entry == 0 && take && (*entry = take_block()) != 0) log_write(block);
  number = *entry;
  block_put(block);
  return number;
}

EXO_API void
inode_truncate(struct inode *inode)
{
  for (int i = 0; i < NDIRECT; i++) {
    if (inode->d.addrs[i]) free_block(inode->d.addrs[i]);
    inode->d.addrs[i] = 0;
  }
  if (inode->d.addrs[NDIRECT]) {
    struct block *block = block_get(inode->d.addrs[NDIRECT]);

    for (uint i = 0; i < NINDIRECT; i++)
      if (((uint *)block->data)[i]) free_block(((uint *)block->data)[i]);
    block_put(block);
    free_block(inode->d.addrs[NDIRECT]);
    inode->d.addrs[NDIRECT] = 0;
  }
  inode->d.size = 0;
  inode_update(inode);
}

static uint
least(uint a, uint b)
{
  return a < b ? a : b;
}

// Returns how many bytes there were.
EXO_API int
inode_read(struct inode *inode, uint offset, void *to, uint count)
{
  char *bytes = to;
  uint done = 0;

  if (offset >= inode->d.size) return 0;
  count = least(count, inode->d.size - offset);
  while (done < count) {
    uint at = (offset + done) % BSIZE, now = least(count - done, BSIZE - at);
    uint number = block_of(inode, (offset + done) / BSIZE, 0);

    if (number == 0) {
      memset(bytes + done, 0, now);
    } else {
      struct block *block = block_get(number);

      memcpy(bytes + done, block->data + at, now);
      block_put(block);
    }
    done += now;
  }
  return (int)count;
}

// Returns how many bytes went there: fewer when the disk or the file is full, -1 when none did.
EXO_API int
inode_write(struct inode *inode, uint offset, const void *from, uint count)
{
  const char *bytes = from;
  uint done = 0;

  if (offset > inode->d.size || offset + count < offset) return -1;
  while (done < count) {
    uint at = (offset + done) % BSIZE, now = least(count - done, BSIZE - at);
    uint number = block_of(inode, (offset + done) / BSIZE, 1);
    struct block *block;

    if (number == 0) break;
    block = block_get(number);
    memcpy(block->data + at, bytes + done, now);
    log_write(block);
    block_put(block);
    done += now;
  }
  if (offset + done > inode->d.size) inode->d.size = offset + done;
  inode_update(inode);
  return done > 0 || count == 0 ? (int)done : -1;
}

// After a boot: files that had no name any more and were open when the power failed.
EXO_API void
inode_reclaim(void)
{
  for (uint number = 1; number < super.ninodes; number++) {
    struct block *block = block_get(IBLOCK(number, super));
    struct dinode *d = on_disk(block, number);
    int is_orphan = d->type != 0 && d->nlink == 0;
    struct inode *inode;

    block_put(block);
    if (!is_orphan || !(inode = inode_get(number))) continue;
    inode_put(inode);
    log_commit();
  }
}
