/**
 * The file system of a UNIX world, in an image in memory: what `exo fs` and scenarios that put files on a disk do. Whatever is done is
 * done wholly or, with a `FileSystemError`, not at all.
 */
import {
  BITS_PER_BLOCK,
  BLOCK_BYTES,
  blocksOf,
  DIRECT_BLOCKS,
  type DirectoryEntry,
  ENTRY,
  FILE_BLOCKS_MAX,
  FileSystemError,
  INDIRECT_BLOCKS,
  INODE,
  INODE_TYPE,
  INODES_PER_BLOCK,
  type Inode,
  isDataBlock,
  layOut,
  NAME_MAX,
  ROOT_INODE,
  readEntries,
  readInode,
  readSuperblock,
  type Superblock,
  viewOf,
  writeEntry,
  writeInode,
  writeSuperblock,
} from "./format.ts";
import { recovered } from "./log.ts";

export interface FileStatus {
  readonly inode: number;
  readonly kind: "file" | "directory" | "device";
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  readonly links: number;
  /** Of a device. */
  readonly major: number;
  readonly minor: number;
}

export interface ListedFile extends FileStatus {
  readonly name: string;
}

export interface NewFile {
  readonly mode?: number;
  readonly uid?: number;
}

export const FILE_MODE = 0o644;
export const EXECUTABLE_MODE = 0o755;
/** Numbers of inodes are 16 bits in directories. */
export const INODES_MAX = 0xffff;
/** Links are a signed 16-bit number. */
const LINKS_MAX = 0x7fff;

/** So many inodes fit a file system of that size: one for each 8 KiB, and never very few. */
export const inodesFor = (blocks: number): number =>
  Math.min(INODES_MAX, Math.max(64, Math.floor(blocks / 8)));

const fail = (clause: string): never => {
  throw new FileSystemError(clause);
};

export class FileSystem {
  readonly superblock: Superblock;
  readonly #bytes: Uint8Array;
  /** Of what is being done: blocks as they were before it. */
  readonly #before = new Map<number, Uint8Array>();
  /** No data block before this one is free. */
  #firstFree: number;

  private constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.superblock = readSuperblock(bytes);
    this.#firstFree = this.superblock.dataStart;
  }

  /** An empty file system of so many blocks. */
  static make(blocks: number, inodes = inodesFor(blocks)): FileSystem {
    if (!(inodes >= 2 && inodes <= INODES_MAX)) {
      fail(`it can have 2 to ${INODES_MAX} inodes, not ${inodes}`);
    }
    const superblock = layOut(blocks, inodes);
    const { dataStart } = superblock;
    if (superblock.dataBlocks < 1) {
      fail(
        `${blocks} blocks are too few: ${dataStart} hold the log, ${inodes} inodes and the bitmap`,
      );
    }
    const bytes = new Uint8Array(blocks * BLOCK_BYTES);
    writeSuperblock(bytes, superblock);
    const made = new FileSystem(bytes);
    for (let block = 0; block < dataStart; block += 1) made.#setBit(block, true);
    made.#setInode(ROOT_INODE, newInode(INODE_TYPE.directory, EXECUTABLE_MODE, 0));
    made.#addEntry(ROOT_INODE, { inode: ROOT_INODE, name: "." });
    made.#addEntry(ROOT_INODE, { inode: ROOT_INODE, name: ".." });
    made.#before.clear();
    return made;
  }

  /** A copy of the file system in an image, recovered from its log. */
  static open(image: Uint8Array): FileSystem {
    return new FileSystem(recovered(image));
  }

  /** The image as it is now. */
  get image(): Uint8Array {
    return this.#bytes;
  }

  exists(path: string): boolean {
    return this.#find(path) !== undefined;
  }

  status(path: string): FileStatus {
    return this.#status(this.#existing(path));
  }

  /** What is in a directory, without `.` and `..`. */
  list(path: string): ListedFile[] {
    return this.#entries(this.#directory(path))
      .filter(({ inode, name }) => inode !== 0 && name !== "." && name !== "..")
      .map(({ inode, name }) => ({ name, ...this.#status(inode) }));
  }

  read(path: string): Uint8Array {
    const inode = this.#inode(this.#existing(path));
    if (inode.type === INODE_TYPE.directory) fail(`'${path}' is a directory`);
    if (inode.type === INODE_TYPE.device) fail(`'${path}' is a device and has no contents`);
    return this.#content(inode);
  }

  /** Makes a file, or gives one new contents. */
  write(path: string, content: Uint8Array, { mode, uid }: NewFile = {}): void {
    this.#wholly(() => {
      let number = this.#find(path);
      if (number === undefined) {
        number = this.#create(path, newInode(INODE_TYPE.file, mode ?? FILE_MODE, uid ?? 0));
      } else {
        const { type } = this.#inode(number);
        if (type === INODE_TYPE.directory) fail(`'${path}' is a directory`);
        if (type === INODE_TYPE.device) fail(`'${path}' is a device and has no contents`);
        if (mode !== undefined) this.#change(number, { mode: mode & 0o777 });
        if (uid !== undefined) this.#change(number, { uid });
      }
      this.#setContent(number, content, path);
    });
  }

  mkdir(path: string, { mode = EXECUTABLE_MODE, uid = 0 }: NewFile = {}): void {
    this.#wholly(() => {
      const parent = this.#parentOf(path);
      const number = this.#create(path, newInode(INODE_TYPE.directory, mode, uid));
      this.#addEntry(number, { inode: number, name: "." });
      this.#addEntry(number, { inode: parent, name: ".." });
      this.#addLinks(parent, 1);
    });
  }

  /** Makes a directory and those above it that are missing. */
  makeFolders(path: string): void {
    const names = split(path);
    for (let i = 1; i <= names.length; i += 1) {
      const folder = `/${names.slice(0, i).join("/")}`;
      if (!this.exists(folder)) this.mkdir(folder);
      else if (this.status(folder).kind !== "directory") fail(`'${folder}' is no directory`);
    }
  }

  mknod(path: string, major: number, minor: number, { mode = 0o666, uid = 0 }: NewFile = {}): void {
    this.#wholly(() => {
      this.#create(path, { ...newInode(INODE_TYPE.device, mode, uid), major, minor });
    });
  }

  /** Another name for a file. */
  link(path: string, name: string): void {
    this.#wholly(() => {
      const number = this.#existing(path);
      if (this.#inode(number).type === INODE_TYPE.directory) fail(`'${path}' is a directory`);
      this.#enter(name, number);
      this.#addLinks(number, 1);
    });
  }

  /** Removes a name; with its last one goes the file. A directory must be empty. */
  remove(path: string): void {
    this.#wholly(() => {
      const name = nameOf(path);
      const number = this.#existing(path);
      if (number === ROOT_INODE || name === "." || name === "..") fail(`'${path}' must stay`);
      const parent = this.#parentOf(path);
      const isDirectory = this.#inode(number).type === INODE_TYPE.directory;
      if (isDirectory && this.list(path).length > 0) fail(`the directory '${path}' is not empty`);
      const place = this.#entries(parent).findIndex((e) => e.inode !== 0 && e.name === name);
      this.#putEntry(parent, place, { inode: 0, name: "" });
      if (isDirectory) this.#addLinks(parent, -1);
      this.#addLinks(number, -1);
      if (this.#inode(number).links > 0) return;
      this.#setContent(number, new Uint8Array(), path);
      this.#setInode(number, newInode(INODE_TYPE.free, 0, 0, 0));
    });
  }

  chmod(path: string, mode: number): void {
    this.#wholly(() => this.#change(this.#existing(path), { mode: mode & 0o777 }));
  }

  chown(path: string, uid: number): void {
    this.#wholly(() => this.#change(this.#existing(path), { uid }));
  }

  /** Undoes everything when it cannot be done wholly. */
  #wholly(change: () => void): void {
    try {
      change();
    } catch (problem) {
      for (const [block, bytes] of this.#before) this.#bytes.set(bytes, block * BLOCK_BYTES);
      this.#firstFree = this.superblock.dataStart;
      throw problem;
    } finally {
      this.#before.clear();
    }
  }

  #block(block: number): Uint8Array {
    return this.#bytes.subarray(block * BLOCK_BYTES, (block + 1) * BLOCK_BYTES);
  }

  /** A block that is about to be changed. */
  #changing(block: number): Uint8Array {
    const bytes = this.#block(block);
    if (!this.#before.has(block)) this.#before.set(block, bytes.slice());
    return bytes;
  }

  #inode(number: number): Inode {
    return readInode(this.#bytes, this.superblock, number);
  }

  #setInode(number: number, inode: Inode): void {
    const block = this.superblock.inodeStart + Math.floor(number / INODES_PER_BLOCK);
    writeInode(this.#changing(block), (number % INODES_PER_BLOCK) * INODE.bytes, inode);
  }

  #change(number: number, fields: Partial<Inode>): void {
    this.#setInode(number, { ...this.#inode(number), ...fields });
  }

  #addLinks(number: number, count: 1 | -1): void {
    const links = this.#inode(number).links + count;
    if (links > LINKS_MAX) fail(`inode ${number} would have more than ${LINKS_MAX} names`);
    this.#change(number, { links });
  }

  #status(number: number): FileStatus {
    const { type, size, mode, uid, links, major, minor } = this.#inode(number);
    const kind =
      type === INODE_TYPE.directory ? "directory" : type === INODE_TYPE.device ? "device" : "file";
    return { inode: number, kind, size, mode, uid, links, major, minor };
  }

  /** The inode of a path; undefined when there is none. Throws when a part of it is no directory. */
  #find(path: string): number | undefined {
    let number = ROOT_INODE;
    for (const name of split(path)) {
      if (this.#inode(number).type !== INODE_TYPE.directory) {
        fail(`'${path}' leads through what is no directory`);
      }
      const found = this.#entries(number).find((e) => e.inode !== 0 && e.name === name);
      if (found === undefined) return undefined;
      number = found.inode;
      if (number >= this.superblock.inodes || this.#inode(number).type === INODE_TYPE.free) {
        fail(`it is damaged: '${path}' leads to inode ${number}, which is not in use`);
      }
    }
    return number;
  }

  #existing(path: string): number {
    return this.#find(path) ?? fail(`there is no file '${path}' in it`);
  }

  #directory(path: string): number {
    const number = this.#existing(path);
    if (this.#inode(number).type !== INODE_TYPE.directory) fail(`'${path}' is no directory`);
    return number;
  }

  #parentOf(path: string): number {
    return this.#directory(`/${split(path).slice(0, -1).join("/")}`);
  }

  #entries(number: number): DirectoryEntry[] {
    return readEntries(this.#content(this.#inode(number)));
  }

  #content(inode: Inode): Uint8Array {
    const { size } = inode;
    if (size > FILE_BLOCKS_MAX * BLOCK_BYTES) fail(`it is damaged: a file has ${size} bytes`);
    const content = new Uint8Array(size);
    const blocks = blocksOf(this.#bytes, this.superblock, inode);
    for (let at = 0; at < size; at += BLOCK_BYTES) {
      const block = blocks[at / BLOCK_BYTES] ?? 0;
      if (!isDataBlock(this.superblock, block)) {
        fail(`it is damaged: a file has block ${block}, which is no data block`);
      }
      content.set(this.#block(block).subarray(0, Math.min(BLOCK_BYTES, size - at)), at);
    }
    return content;
  }

  #setContent(number: number, content: Uint8Array, path: string): void {
    const { superblock } = this;
    const count = Math.ceil(content.length / BLOCK_BYTES);
    if (count > FILE_BLOCKS_MAX) {
      const most = FILE_BLOCKS_MAX * BLOCK_BYTES;
      fail(`'${path}' would have ${content.length} bytes, and a file has at most ${most}`);
    }
    const inode = this.#inode(number);
    const held = [...blocksOf(this.#bytes, superblock, inode), inode.addresses[DIRECT_BLOCKS] ?? 0];
    for (const block of held) if (isDataBlock(superblock, block)) this.#setBit(block, false);
    const blocks = Array.from({ length: count }, () => this.#allocate(path));
    for (const [i, block] of blocks.entries()) {
      const part = content.subarray(i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES);
      this.#changing(block).fill(0).set(part);
    }
    const addresses = blocks.slice(0, DIRECT_BLOCKS);
    while (addresses.length < DIRECT_BLOCKS) addresses.push(0);
    addresses.push(count > DIRECT_BLOCKS ? this.#indirect(blocks.slice(DIRECT_BLOCKS), path) : 0);
    this.#change(number, { size: content.length, addresses });
  }

  /** A block full of numbers of further ones. */
  #indirect(numbers: readonly number[], path: string): number {
    const block = this.#allocate(path);
    const view = viewOf(this.#changing(block).fill(0));
    for (let i = 0; i < INDIRECT_BLOCKS; i += 1) view.setUint32(4 * i, numbers[i] ?? 0, true);
    return block;
  }

  #allocate(path: string): number {
    const { size } = this.superblock;
    for (let block = this.#firstFree; block < size; block += 1) {
      if (this.#bit(block)) continue;
      this.#setBit(block, true);
      this.#firstFree = block + 1;
      return block;
    }
    return fail(`it is full: there is no room for '${path}'`);
  }

  #bit(block: number): boolean {
    const byte = this.#bytes[this.superblock.bitmapStart * BLOCK_BYTES + (block >>> 3)] ?? 0;
    return (byte & (1 << (block & 7))) !== 0;
  }

  #setBit(block: number, isUsed: boolean): void {
    const { bitmapStart } = this.superblock;
    const bytes = this.#changing(bitmapStart + Math.floor(block / BITS_PER_BLOCK));
    const at = (block % BITS_PER_BLOCK) >>> 3;
    const bit = 1 << (block & 7);
    bytes[at] = isUsed ? (bytes[at] ?? 0) | bit : (bytes[at] ?? 0) & ~bit;
    if (!isUsed) this.#firstFree = Math.min(this.#firstFree, block);
  }

  /** A new inode, and its name in the directory of the path. */
  #create(path: string, inode: Inode): number {
    const { inodes } = this.superblock;
    for (let number = ROOT_INODE + 1; number < inodes; number += 1) {
      if (this.#inode(number).type !== INODE_TYPE.free) continue;
      this.#setInode(number, inode);
      this.#enter(path, number);
      return number;
    }
    return fail(`all of its ${inodes - 1} inodes are in use: there is none for '${path}'`);
  }

  #enter(path: string, inode: number): void {
    const name = nameOf(path);
    const bytes = new TextEncoder().encode(name).length;
    if (name === "") fail(`'${path}' names no file`);
    if (bytes > NAME_MAX)
      fail(`the name '${name}' has ${bytes} bytes, and a name has at most ${NAME_MAX}`);
    if (name.includes("\0")) fail("a name cannot have a byte 0");
    const directory = this.#parentOf(path);
    if (this.#entries(directory).some((e) => e.inode !== 0 && e.name === name)) {
      fail(`there is a file '${path}' already`);
    }
    this.#addEntry(directory, { inode, name });
  }

  #addEntry(directory: number, entry: DirectoryEntry): void {
    const entries = this.#entries(directory);
    const free = entries.findIndex(({ inode }) => inode === 0);
    this.#putEntry(directory, free < 0 ? entries.length : free, entry);
  }

  #putEntry(directory: number, place: number, entry: DirectoryEntry): void {
    const content = this.#content(this.#inode(directory));
    const at = place * ENTRY.bytes;
    const grown = new Uint8Array(Math.max(content.length, at + ENTRY.bytes));
    grown.set(content);
    writeEntry(grown, at, entry);
    this.#setContent(directory, grown, entry.name);
  }
}

function newInode(type: number, mode: number, uid: number, links = 1): Inode {
  return { type, major: 0, minor: 0, links, mode: mode & 0o777, uid, size: 0, addresses: [] };
}

const split = (path: string): string[] =>
  path.split("/").filter((name) => name !== "" && name !== ".");

const nameOf = (path: string): string => split(path).at(-1) ?? "";
