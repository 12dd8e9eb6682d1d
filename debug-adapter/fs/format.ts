/**
 * What lies on the disk of a UNIX world, as `libos/unix/include/kernel/fs.h` has it: that header is the specification, and a test
 * compares these numbers with it.
 */

export const ROOT_INODE = 1;
export const BLOCK_BYTES = 1024;
export const MAGIC = 0x30366578;
export const BITS_PER_BLOCK = BLOCK_BYTES * 8;
/** Numbers of data blocks that an inode has itself; one more is of a block full of further ones. */
export const DIRECT_BLOCKS = 11;
export const INDIRECT_BLOCKS = BLOCK_BYTES / 4;
export const FILE_BLOCKS_MAX = DIRECT_BLOCKS + INDIRECT_BLOCKS;

export const INODE_TYPE = { free: 0, directory: 1, file: 2, device: 3 } as const;

/** Where the fields lie, in bytes. */
export const SUPERBLOCK = {
  magic: 0,
  size: 4,
  dataBlocks: 8,
  inodes: 12,
  logBlocks: 16,
  logStart: 20,
  inodeStart: 24,
  bitmapStart: 28,
  bytes: 32,
} as const;
export const INODE = {
  type: 0,
  major: 2,
  minor: 4,
  links: 6,
  mode: 8,
  uid: 10,
  size: 12,
  addresses: 16,
  bytes: 64,
} as const;
export const INODES_PER_BLOCK = BLOCK_BYTES / INODE.bytes;
export const ENTRY = { inode: 0, name: 2, bytes: 16 } as const;
export const NAME_MAX = ENTRY.bytes - ENTRY.name;

export const LOG_BLOCKS = 30;
export const LOG_MAGIC = 0x676f6c65;
export const LOG_HEADER = {
  magic: 0,
  sequence: 4,
  count: 8,
  checksum: 12,
  blocks: 16,
  bytes: 16 + 4 * LOG_BLOCKS,
} as const;
/** One half: its header, then its blocks. */
export const LOG_HALF_BLOCKS = 1 + LOG_BLOCKS;

/** What is wrong with an image or with what is asked of it, as a clause: `there is no file '/x'`. */
export class FileSystemError extends Error {
  constructor(clause: string) {
    super(clause);
    this.name = "FileSystemError";
  }
}

export interface Superblock {
  /** Blocks of the whole file system. */
  readonly size: number;
  readonly dataBlocks: number;
  readonly inodes: number;
  readonly logBlocks: number;
  readonly logStart: number;
  readonly inodeStart: number;
  readonly bitmapStart: number;
  /** The first data block. */
  readonly dataStart: number;
}

/** Where everything lies in a file system of so many blocks. */
export function layOut(size: number, inodes: number): Superblock {
  const logStart = 2;
  const logBlocks = 2 * LOG_HALF_BLOCKS;
  const inodeStart = logStart + logBlocks;
  const bitmapStart = inodeStart + Math.ceil(inodes / INODES_PER_BLOCK);
  const dataStart = bitmapStart + Math.ceil(size / BITS_PER_BLOCK);
  const dataBlocks = size - dataStart;
  return { size, dataBlocks, inodes, logBlocks, logStart, inodeStart, bitmapStart, dataStart };
}

export function writeSuperblock(image: Uint8Array, superblock: Superblock): void {
  const view = viewOf(image);
  const { size, dataBlocks, inodes, logBlocks, logStart, inodeStart, bitmapStart } = superblock;
  view.setUint32(BLOCK_BYTES + SUPERBLOCK.magic, MAGIC, true);
  const fields = { size, dataBlocks, inodes, logBlocks, logStart, inodeStart, bitmapStart };
  for (const [name, value] of Object.entries(fields)) {
    view.setUint32(BLOCK_BYTES + SUPERBLOCK[name as keyof typeof fields], value, true);
  }
}

/** Throws a `FileSystemError` when the image has no file system, or one whose parts do not lie within it one after the other. */
export function readSuperblock(image: Uint8Array): Superblock {
  const view = viewOf(image);
  const word = (field: keyof typeof SUPERBLOCK): number =>
    view.getUint32(BLOCK_BYTES + SUPERBLOCK[field], true);
  if (image.length < 2 * BLOCK_BYTES || word("magic") !== MAGIC) {
    throw new FileSystemError("it has no file system");
  }
  const [size, inodes, dataBlocks] = [word("size"), word("inodes"), word("dataBlocks")];
  const [logStart, logBlocks] = [word("logStart"), word("logBlocks")];
  const [inodeStart, bitmapStart] = [word("inodeStart"), word("bitmapStart")];
  const held = Math.floor(image.length / BLOCK_BYTES);
  if (size > held) {
    throw new FileSystemError(
      `its super block is damaged: it says ${size} blocks and there are ${held}`,
    );
  }
  const dataStart = bitmapStart + Math.ceil(size / BITS_PER_BLOCK);
  const isInOrder =
    logStart >= 2 &&
    logBlocks === 2 * LOG_HALF_BLOCKS &&
    logStart + logBlocks <= inodeStart &&
    inodes > ROOT_INODE &&
    inodeStart + Math.ceil(inodes / INODES_PER_BLOCK) <= bitmapStart &&
    dataStart < size &&
    dataBlocks === size - dataStart;
  if (!isInOrder) {
    throw new FileSystemError("its super block is damaged: its parts do not follow each other");
  }
  return { size, dataBlocks, inodes, logBlocks, logStart, inodeStart, bitmapStart, dataStart };
}

export interface Inode {
  readonly type: number;
  readonly major: number;
  readonly minor: number;
  readonly links: number;
  readonly mode: number;
  readonly uid: number;
  readonly size: number;
  /** The last is of the block with further numbers. */
  readonly addresses: readonly number[];
}

export const inodeOffset = ({ inodeStart }: Superblock, number: number): number =>
  inodeStart * BLOCK_BYTES + number * INODE.bytes;

export function readInode(image: Uint8Array, superblock: Superblock, number: number): Inode {
  const view = viewOf(image);
  const at = inodeOffset(superblock, number);
  return {
    type: view.getInt16(at + INODE.type, true),
    major: view.getInt16(at + INODE.major, true),
    minor: view.getInt16(at + INODE.minor, true),
    links: view.getInt16(at + INODE.links, true),
    mode: view.getUint16(at + INODE.mode, true),
    uid: view.getUint16(at + INODE.uid, true),
    size: view.getUint32(at + INODE.size, true),
    addresses: Array.from({ length: DIRECT_BLOCKS + 1 }, (_, i) =>
      view.getUint32(at + INODE.addresses + 4 * i, true),
    ),
  };
}

/** Writes an inode into the bytes at `at`: an image, or a block of inodes. */
export function writeInode(bytes: Uint8Array, at: number, inode: Inode): void {
  const view = viewOf(bytes);
  view.setInt16(at + INODE.type, inode.type, true);
  view.setInt16(at + INODE.major, inode.major, true);
  view.setInt16(at + INODE.minor, inode.minor, true);
  view.setInt16(at + INODE.links, inode.links, true);
  view.setUint16(at + INODE.mode, inode.mode, true);
  view.setUint16(at + INODE.uid, inode.uid, true);
  view.setUint32(at + INODE.size, inode.size, true);
  for (let i = 0; i <= DIRECT_BLOCKS; i += 1) {
    view.setUint32(at + INODE.addresses + 4 * i, inode.addresses[i] ?? 0, true);
  }
}

export interface DirectoryEntry {
  readonly inode: number;
  readonly name: string;
}

/** The places of a directory, those that are free too. */
export function readEntries(content: Uint8Array): DirectoryEntry[] {
  const view = viewOf(content);
  const entries: DirectoryEntry[] = [];
  for (let at = 0; at + ENTRY.bytes <= content.length; at += ENTRY.bytes) {
    const name = content.subarray(at + ENTRY.name, at + ENTRY.bytes);
    const end = name.indexOf(0);
    entries.push({
      inode: view.getUint16(at + ENTRY.inode, true),
      name: new TextDecoder().decode(end < 0 ? name : name.subarray(0, end)),
    });
  }
  return entries;
}

export function writeEntry(bytes: Uint8Array, at: number, { inode, name }: DirectoryEntry): void {
  viewOf(bytes).setUint16(at + ENTRY.inode, inode, true);
  const place = bytes.subarray(at + ENTRY.name, at + ENTRY.bytes);
  place.fill(0);
  place.set(new TextEncoder().encode(name).subarray(0, NAME_MAX));
}

export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The numbers of an inode's data blocks, in their order, without what comes after the last that is there; 0 where one is missing. */
export function blocksOf(image: Uint8Array, superblock: Superblock, inode: Inode): number[] {
  const blocks = inode.addresses.slice(0, DIRECT_BLOCKS);
  const indirect = inode.addresses[DIRECT_BLOCKS] ?? 0;
  if (isDataBlock(superblock, indirect)) {
    const view = viewOf(image);
    for (let i = 0; i < INDIRECT_BLOCKS; i += 1) {
      blocks.push(view.getUint32(indirect * BLOCK_BYTES + 4 * i, true));
    }
  }
  while (blocks.length > 0 && blocks.at(-1) === 0) blocks.pop();
  return blocks;
}

export const isDataBlock = ({ dataStart, size }: Superblock, block: number): boolean =>
  block >= dataStart && block < size;
