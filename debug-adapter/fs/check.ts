/** Whether a file system is sound: what `fsck` looks at (Kowalski and McKusick, Fsck: The UNIX File System Check Program). */
import {
  BLOCK_BYTES,
  blocksOf,
  DIRECT_BLOCKS,
  type DirectoryEntry,
  ENTRY,
  FILE_BLOCKS_MAX,
  FileSystemError,
  INODE_TYPE,
  type Inode,
  isDataBlock,
  ROOT_INODE,
  readEntries,
  readInode,
  readSuperblock,
  type Superblock,
} from "./format.ts";
import { checkLog, recovered } from "./log.ts";

/** What is wrong with the file system of an image, as sentences; none when it is sound. What is committed in the log counts as written. */
export function checkFileSystem(image: Uint8Array): string[] {
  try {
    const problems = checkLog(image, readSuperblock(image));
    // What it says of blocks that are no home would be written there.
    return problems.length > 0 ? problems : new Checker(recovered(image)).problems();
  } catch (problem) {
    if (problem instanceof FileSystemError) return [sentence(problem.message)];
    throw problem;
  }
}

const sentence = (clause: string): string => `${clause[0]?.toUpperCase()}${clause.slice(1)}.`;

class Checker {
  readonly #image: Uint8Array;
  readonly #superblock: Superblock;
  readonly #problems: string[] = [];
  readonly #inodes = new Map<number, Inode>();
  /** By whom a block is used. */
  readonly #users = new Map<number, number>();
  /** How often an inode is named, other than by its own `.`. */
  readonly #names = new Map<number, number>();
  readonly #paths = new Map<number, string>();

  constructor(image: Uint8Array) {
    this.#image = image;
    this.#superblock = readSuperblock(image);
  }

  problems(): string[] {
    const { inodes } = this.#superblock;
    for (let number = ROOT_INODE; number < inodes; number += 1) {
      const inode = readInode(this.#image, this.#superblock, number);
      if (inode.type !== INODE_TYPE.free) this.#inodes.set(number, inode);
    }
    // Names first: then everything else can be said of files by their names.
    this.#walk();
    for (const [number, inode] of this.#inodes) this.#checkInode(number, inode);
    this.#checkBitmap();
    return this.#problems;
  }

  #say(problem: string): void {
    this.#problems.push(problem);
  }

  #nameOf(number: number): string {
    const path = this.#paths.get(number);
    return path === undefined ? `inode ${number}` : `'${path}' (inode ${number})`;
  }

  /** From the root to everything that has a name. */
  #walk(): void {
    const root = this.#inodes.get(ROOT_INODE);
    if (root?.type !== INODE_TYPE.directory) {
      this.#say("The root (inode 1) is no directory.");
      return;
    }
    this.#paths.set(ROOT_INODE, "/");
    const waiting = [{ number: ROOT_INODE, parent: ROOT_INODE }];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { number, parent } = next;
      for (const child of this.#checkDirectory(number, parent)) {
        waiting.push({ number: child, parent: number });
      }
    }
  }

  /** Looks at a directory, and says which directories are in it that no other one has. */
  #checkDirectory(number: number, parent: number): number[] {
    const path = this.#paths.get(number) ?? "";
    const inode = this.#inodes.get(number);
    if (inode === undefined) return [];
    if (inode.size % ENTRY.bytes !== 0) {
      this.#say(
        `The directory ${this.#nameOf(number)} has ${inode.size} bytes, not a multiple of ${ENTRY.bytes}.`,
      );
    }
    const entries = this.#entries(inode).filter((entry) => entry.inode !== 0);
    this.#checkOwn(number, entries, ".", number);
    this.#checkOwn(number, entries, "..", parent);
    const seen = new Set<string>();
    const directories: number[] = [];
    for (const { inode: child, name } of entries) {
      const childPath = `${path === "/" ? "" : path}/${name}`;
      if (name === "" || name.includes("/")) {
        this.#say(
          `The directory ${this.#nameOf(number)} has the name '${name}', which is no name.`,
        );
      }
      if (seen.has(name)) this.#say(`There are two files '${childPath}'.`);
      seen.add(name);
      if (name === ".") continue;
      const found = this.#inodes.get(child);
      if (found === undefined) {
        this.#say(`'${childPath}' names inode ${child}, which is not in use.`);
        continue;
      }
      this.#names.set(child, (this.#names.get(child) ?? 0) + 1);
      if (name === "..") continue;
      const known = this.#paths.get(child);
      if (known === undefined) {
        this.#paths.set(child, childPath);
        if (found.type === INODE_TYPE.directory) directories.push(child);
      } else if (found.type === INODE_TYPE.directory) {
        this.#say(`The directory '${known}' (inode ${child}) has another name '${childPath}'.`);
      }
    }
    return directories;
  }

  #checkOwn(
    number: number,
    entries: readonly DirectoryEntry[],
    name: string,
    wanted: number,
  ): void {
    const found = entries.find((entry) => entry.name === name);
    if (found === undefined) {
      this.#say(`The directory ${this.#nameOf(number)} has no '${name}'.`);
    } else if (found.inode !== wanted) {
      this.#say(
        `'${name}' of the directory ${this.#nameOf(number)} is inode ${found.inode} and should be ${wanted}.`,
      );
    }
  }

  #entries(inode: Inode): DirectoryEntry[] {
    const content: number[] = [];
    const size = Math.min(inode.size, FILE_BLOCKS_MAX * BLOCK_BYTES);
    const blocks = blocksOf(this.#image, this.#superblock, inode);
    for (let at = 0; at < size; at += BLOCK_BYTES) {
      const block = blocks[at / BLOCK_BYTES] ?? 0;
      if (!isDataBlock(this.#superblock, block)) continue;
      const start = block * BLOCK_BYTES;
      content.push(...this.#image.subarray(start, start + Math.min(BLOCK_BYTES, size - at)));
    }
    return readEntries(Uint8Array.from(content));
  }

  #checkInode(number: number, inode: Inode): void {
    const { type, links, size } = inode;
    if (type !== INODE_TYPE.directory && type !== INODE_TYPE.file && type !== INODE_TYPE.device) {
      this.#say(`Inode ${number} has the type ${type}, which there is not.`);
      return;
    }
    const names = this.#names.get(number) ?? 0;
    if (!this.#paths.has(number)) {
      this.#say(`Inode ${number} is in use (${size} bytes) and no directory has it.`);
    } else if (names !== links) {
      this.#say(
        `${sentence(this.#nameOf(number)).slice(0, -1)} has ${names} ${names === 1 ? "name" : "names"} and says ${links}.`,
      );
    }
    if (type === INODE_TYPE.device) {
      if (size !== 0 || inode.addresses.some((block) => block !== 0)) {
        this.#say(`The device ${this.#nameOf(number)} has contents.`);
      }
      return;
    }
    this.#checkBlocks(number, inode);
  }

  #checkBlocks(number: number, inode: Inode): void {
    const { size } = inode;
    const name = this.#nameOf(number);
    if (size > FILE_BLOCKS_MAX * BLOCK_BYTES) {
      this.#say(
        `The file ${name} says ${size} bytes; the longest has ${FILE_BLOCKS_MAX * BLOCK_BYTES}.`,
      );
    }
    const indirect = inode.addresses[DIRECT_BLOCKS] ?? 0;
    if (indirect !== 0) this.#use(number, indirect);
    const blocks = blocksOf(this.#image, this.#superblock, inode);
    const wanted = Math.min(Math.ceil(size / BLOCK_BYTES), FILE_BLOCKS_MAX);
    const missing = Array.from({ length: wanted }, (_, i) => i).filter((i) => !blocks[i]).length;
    if (missing > 0) {
      this.#say(`The file ${name} of ${size} bytes lacks ${missing} of its ${wanted} blocks.`);
    }
    if (blocks.length > wanted) {
      this.#say(
        `The file ${name} of ${size} bytes has ${blocks.length} blocks and needs ${wanted}.`,
      );
    }
    for (const block of blocks) if (block !== 0) this.#use(number, block);
  }

  #use(number: number, block: number): void {
    if (!isDataBlock(this.#superblock, block)) {
      this.#say(`The file ${this.#nameOf(number)} has block ${block}, which is no data block.`);
      return;
    }
    const other = this.#users.get(block);
    if (other !== undefined) {
      const whose =
        other === number
          ? `${this.#nameOf(number)} twice`
          : `${this.#nameOf(other)} and of ${this.#nameOf(number)}`;
      this.#say(`Block ${block} is of ${whose}.`);
    }
    this.#users.set(block, number);
  }

  #checkBitmap(): void {
    const { size, dataStart, bitmapStart } = this.#superblock;
    const marked = (block: number): boolean =>
      ((this.#image[bitmapStart * BLOCK_BYTES + (block >>> 3)] ?? 0) & (1 << (block & 7))) !== 0;
    const [lost, unmarked]: [number[], number[]] = [[], []];
    for (let block = 0; block < size; block += 1) {
      const isUsed = block < dataStart || this.#users.has(block);
      if (isUsed && !marked(block)) unmarked.push(block);
      if (!isUsed && marked(block)) lost.push(block);
    }
    for (const run of runs(unmarked)) this.#say(`The bitmap has ${run} as free, and it is in use.`);
    for (const run of runs(lost)) this.#say(`The bitmap has ${run} as in use, and no file has it.`);
  }
}

/** Neighbours together: `block 7`, `block 9 to 12`. */
function runs(blocks: readonly number[]): string[] {
  const texts: string[] = [];
  for (let i = 0; i < blocks.length; i += 1) {
    const first = blocks[i];
    while (blocks[i + 1] === (blocks[i] ?? 0) + 1) i += 1;
    texts.push(blocks[i] === first ? `block ${first}` : `each of blocks ${first} to ${blocks[i]}`);
  }
  return texts;
}
