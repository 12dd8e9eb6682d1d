// What lies on the disk of a UNIX world. `exo fs` on the host knows it too (debug-adapter/fs).
//
//   block 0      1            2 ...        inodestart ...  bitmapstart ...
//  +-----------+-------------+------------+---------------+--------------+------------------+
//  | not used  | super block | log (two   | inodes, 16 a  | bitmap, one  | data blocks      |
//  |           |             | halves)    | block         | bit a block  |                  |
//  +-----------+-------------+------------+---------------+--------------+------------------+
//
// All numbers are little endian. Include kernel/types.h first.
#ifndef KERNEL_FS_H
#define KERNEL_FS_H

#define ROOTINO 1    // the inode number of the root; 0 is no inode
#define BSIZE   1024 // bytes of a block: two sectors

#define FSMAGIC 0x30366578u // "xe60"

struct superblock {
  uint magic;      // FSMAGIC
  uint size;       // blocks of the whole file system
  uint nblocks;    // data blocks
  uint ninodes;    // inodes, with number 0, which is nobody's
  uint nlog;       // blocks of the log, both halves
  uint logstart;   // its first block
  uint inodestart; // first block of inodes
  uint bmapstart;  // first block of the bitmap; data blocks follow it
};

// A bit of the bitmap is 1 where the block of that number is in use, by whatever.
#define BPB          (BSIZE * 8) // bits of a bitmap block
#define BBLOCK(b, s) ((b) / BPB + (s).bmapstart)

#define NDIRECT   11
#define NINDIRECT (BSIZE / sizeof(uint))
#define MAXFILE   (NDIRECT + NINDIRECT) // blocks of the longest file

struct dinode {
  short type;              // 0: free; T_DIR, T_FILE or T_DEVICE (kernel/stat.h)
  short major;             // of a device
  short minor;
  short nlink;             // names that it has in directories
  ushort mode;             // permission bits, as in UNIX: rwxrwxrwx
  ushort uid;              // owner
  uint size;               // bytes
  uint addrs[NDIRECT + 1]; // data blocks, 0 for none; the last one is full of further numbers
};                         // 64 bytes

#define IPB          (BSIZE / sizeof(struct dinode)) // inodes of a block
#define IBLOCK(i, s) ((i) / IPB + (s).inodestart)

// A directory is a file full of these. inum 0: this place is free.
#define DIRSIZ 14

struct dirent {
  ushort inum;
  char name[DIRSIZ]; // filled up with zeros; without one when the name has all 14
};

// The log: two halves of 1 + LOGBLOCKS blocks, used in turn. A transaction writes its blocks behind the header of one half, and
// the header, in any order; one barrier later it is committed. Only then are the blocks written home, and only after the
// next transaction's barrier is this half used again. So a half is either whole, or what it logs is home already; the
// checksum says which.
//
// Recovery: of the halves whose header is whole (magic, count, checksum) copy the blocks home, the older
// sequence number first.
#define LOGBLOCKS 30          // blocks of the largest transaction
#define LOGMAGIC  0x676f6c65u // "elog"

struct logheader {       // of which 512 bytes, one sector, are written whole or not at all
  uint magic;            // LOGMAGIC
  uint sequence;         // of the transaction; the next one's is larger by 1, and is in the other half
  uint count;            // blocks
  uint checksum;         // over sequence, count, block[0..count-1] and the words of all blocks, in this order
  uint block[LOGBLOCKS]; // where each belongs
};

// The checksum, a word at a time (FNV-1a with words for bytes).
#define LOGSUM_START        2166136261u
#define LOGSUM(sum, word)   (((sum) ^ (word)) * 16777619u)

// Where a log half begins: half 0 for even sequence numbers.
#define LOGHALF(sequence, s) ((s).logstart + ((sequence) & 1) * (1 + LOGBLOCKS))

#endif
