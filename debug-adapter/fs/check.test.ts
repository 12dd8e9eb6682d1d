import fc from "fast-check";
import { expect, test } from "vitest";
import { checkFileSystem } from "./check.ts";
import { FileSystem } from "./file-system.ts";
import {
  BLOCK_BYTES,
  ENTRY,
  INODE,
  inodeOffset,
  LOG_HALF_BLOCKS,
  LOG_HEADER,
  LOG_MAGIC,
  readInode,
  SUPERBLOCK,
  viewOf,
} from "./format.ts";
import { logChecksum, recovered, wholeHalves } from "./log.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Something of everything. Inodes: 2 bin, 3 bin/ls, 4 long, 5 tty. */
function sample(): FileSystem {
  const files = FileSystem.make(200, 32);
  files.mkdir("/bin");
  files.write("/bin/ls", bytesOf("ls"));
  files.write("/long", new Uint8Array(20_000).fill(7));
  files.mknod("/tty", 1, 1);
  return files;
}

type Damage = (image: Uint8Array, files: FileSystem) => void;

/** Changes a 16-bit field of an inode. */
const inodeField =
  (number: number, field: keyof typeof INODE, value: number): Damage =>
  (image, { superblock }) =>
    viewOf(image).setUint16(inodeOffset(superblock, number) + INODE[field], value, true);

const inodeWord =
  (number: number, at: number, value: number): Damage =>
  (image, { superblock }) =>
    viewOf(image).setUint32(inodeOffset(superblock, number) + at, value, true);

const addressOf = (files: FileSystem, number: number, i: number): number =>
  readInode(files.image, files.superblock, number).addresses[i] ?? 0;

/** Changes an entry of a directory's first block. */
const entry =
  (directory: number, place: number, inode: number | undefined, name?: string): Damage =>
  (image, files) => {
    const at = addressOf(files, directory, 0) * BLOCK_BYTES + place * ENTRY.bytes;
    if (inode !== undefined) viewOf(image).setUint16(at + ENTRY.inode, inode, true);
    if (name !== undefined) image.fill(0, at + ENTRY.name, at + ENTRY.bytes);
    if (name !== undefined) image.set(bytesOf(name), at + ENTRY.name);
  };

const bit =
  (block: (files: FileSystem) => number, isUsed: boolean): Damage =>
  (image, files) => {
    const at = files.superblock.bitmapStart * BLOCK_BYTES + (block(files) >>> 3);
    const mask = 1 << (block(files) & 7);
    image[at] = isUsed ? (image[at] ?? 0) | mask : (image[at] ?? 0) & ~mask;
  };

/** Puts a transaction into a half of the log. */
const logged =
  (half: 0 | 1, sequence: number, blocks: readonly number[], fill = 0): Damage =>
  (image, { superblock }) => {
    const start = (superblock.logStart + half * LOG_HALF_BLOCKS) * BLOCK_BYTES;
    const view = viewOf(image);
    view.setUint32(start + LOG_HEADER.magic, LOG_MAGIC, true);
    view.setUint32(start + LOG_HEADER.sequence, sequence, true);
    view.setUint32(start + LOG_HEADER.count, blocks.length, true);
    for (const [i, block] of blocks.entries()) {
      view.setUint32(start + LOG_HEADER.blocks + 4 * i, block, true);
      image.fill(fill, start + (1 + i) * BLOCK_BYTES, start + (2 + i) * BLOCK_BYTES);
    }
    view.setUint32(start + LOG_HEADER.checksum, logChecksum(image, superblock, half), true);
  };

const all =
  (...damages: Damage[]): Damage =>
  (image, files) => {
    for (const damage of damages) damage(image, files);
  };

const KINDS: Readonly<Record<string, { damage: Damage; says: string[] }>> = {
  "no super block": {
    damage: (image) => image.fill(0, BLOCK_BYTES, 2 * BLOCK_BYTES),
    says: ["It has no file system."],
  },
  "a super block out of order": {
    damage: (image) => viewOf(image).setUint32(BLOCK_BYTES + SUPERBLOCK.bitmapStart, 3, true),
    says: ["Its super block is damaged: its parts do not follow each other."],
  },
  "a root that is a file": {
    damage: inodeField(1, "type", 2),
    says: [
      "The root (inode 1) is no directory.",
      ...[1, 2, 3, 4, 5].map((i) => expect.stringMatching(`^Inode ${i} is in use`)),
    ],
  },
  "an unknown type": {
    damage: inodeField(3, "type", 9),
    says: ["Inode 3 has the type 9, which there is not.", expect.stringContaining("as in use")],
  },
  "too many links": {
    damage: inodeField(3, "links", 2),
    says: ["'/bin/ls' (inode 3) has 1 name and says 2."],
  },
  "links of a directory": {
    damage: inodeField(1, "links", 1),
    says: ["'/' (inode 1) has 2 names and says 1."],
  },
  "an inode without a name": {
    damage: entry(2, 2, 0),
    says: ["Inode 3 is in use (2 bytes) and no directory has it."],
  },
  "a name of a free inode": {
    damage: entry(2, 2, 20),
    says: [
      "'/bin/ls' names inode 20, which is not in use.",
      "Inode 3 is in use (2 bytes) and no directory has it.",
    ],
  },
  "a name of no inode": {
    damage: entry(2, 2, 60_000),
    says: [
      "'/bin/ls' names inode 60000, which is not in use.",
      "Inode 3 is in use (2 bytes) and no directory has it.",
    ],
  },
  "a wrong .": {
    damage: entry(2, 0, 1),
    says: ["'.' of the directory '/bin' (inode 2) is inode 1 and should be 2."],
  },
  "a wrong ..": {
    damage: entry(2, 1, 2),
    says: [
      "'..' of the directory '/bin' (inode 2) is inode 2 and should be 1.",
      "'/' (inode 1) has 1 name and says 2.",
      "'/bin' (inode 2) has 2 names and says 1.",
    ],
  },
  "no ..": {
    damage: entry(2, 1, undefined, "up"),
    says: [
      "The directory '/bin' (inode 2) has no '..'.",
      "The directory '/' (inode 1) has another name '/bin/up'.",
    ],
  },
  "a name twice": {
    damage: entry(1, 3, undefined, "bin"),
    says: ["There are two files '/bin'."],
  },
  "a name that is none": {
    damage: entry(1, 3, undefined, "a/b"),
    says: ["The directory '/' (inode 1) has the name 'a/b', which is no name."],
  },
  "a directory with two names": {
    damage: entry(1, 3, 2),
    says: [
      "The directory '/bin' (inode 2) has another name '/long'.",
      "'/bin' (inode 2) has 2 names and says 1.",
      expect.stringMatching(/^Inode 4 is in use/),
    ],
  },
  "half an entry": {
    damage: inodeWord(2, INODE.size, 47),
    says: [
      "The directory '/bin' (inode 2) has 47 bytes, not a multiple of 16.",
      "Inode 3 is in use (2 bytes) and no directory has it.",
    ],
  },
  "a size without blocks": {
    damage: inodeWord(3, INODE.size, 3000),
    says: ["The file '/bin/ls' (inode 3) of 3000 bytes lacks 2 of its 3 blocks."],
  },
  "a size that is too small": {
    damage: inodeWord(4, INODE.size, 5000),
    says: ["The file '/long' (inode 4) of 5000 bytes has 20 blocks and needs 5."],
  },
  "a size that cannot be": {
    damage: inodeWord(4, INODE.size, 0x8000_0000),
    says: [
      "The file '/long' (inode 4) says 2147483648 bytes; the longest has 273408.",
      "The file '/long' (inode 4) of 2147483648 bytes lacks 247 of its 267 blocks.",
    ],
  },
  "contents of a device": {
    damage: inodeWord(5, INODE.size, 5),
    says: ["The device '/tty' (inode 5) has contents."],
  },
  "a block of two files": {
    damage: (image, files) => inodeWord(3, INODE.addresses, addressOf(files, 4, 0))(image, files),
    says: [
      expect.stringMatching(
        /^Block \d+ is of '\/bin\/ls' \(inode 3\) and of '\/long' \(inode 4\)\.$/,
      ),
      expect.stringMatching(/^The bitmap has block \d+ as in use, and no file has it\.$/),
    ],
  },
  "a block twice": {
    damage: (image, files) =>
      inodeWord(4, INODE.addresses + 4, addressOf(files, 4, 0))(image, files),
    says: [
      expect.stringMatching(/^Block \d+ is of '\/long' \(inode 4\) twice\.$/),
      expect.stringMatching(/^The bitmap has block \d+ as in use, and no file has it\.$/),
    ],
  },
  "a block that is no data block": {
    damage: inodeWord(3, INODE.addresses, 3),
    says: [
      "The file '/bin/ls' (inode 3) has block 3, which is no data block.",
      expect.stringMatching(/^The bitmap has block \d+ as in use/),
    ],
  },
  "a block that is not marked": {
    damage: bit((files) => addressOf(files, 3, 0), false),
    says: [expect.stringMatching(/^The bitmap has block \d+ as free, and it is in use\.$/)],
  },
  "blocks that are lost": {
    damage: all(
      bit(() => 150, true),
      bit(() => 151, true),
      bit(() => 190, true),
    ),
    says: [
      "The bitmap has each of blocks 150 to 151 as in use, and no file has it.",
      "The bitmap has block 190 as in use, and no file has it.",
    ],
  },
  "a log that is too long": {
    damage: (image, { superblock }) => {
      const start = superblock.logStart * BLOCK_BYTES;
      viewOf(image).setUint32(start + LOG_HEADER.magic, LOG_MAGIC, true);
      viewOf(image).setUint32(start + LOG_HEADER.count, 31, true);
    },
    says: ["Half 0 of the log says that it has 31 blocks; 30 fit in."],
  },
  "a log that would overwrite itself": {
    damage: logged(0, 2, [5]),
    says: [
      "Half 0 of the log has a block that belongs to block 5, where neither inodes nor the bitmap nor data are.",
    ],
  },
  "a transaction in the wrong half": {
    damage: logged(0, 3, [180]),
    says: ["Transaction 3 is in half 0 of the log and belongs in the other."],
  },
  "a block twice in the log": {
    damage: logged(0, 2, [180, 180]),
    says: ["Half 0 of the log has block 180 twice."],
  },
  "transactions that do not follow": {
    damage: all(logged(0, 2, [180]), logged(1, 7, [181])),
    says: ["The halves of the log have transactions 2 and 7, which do not follow each other."],
  },
};

for (const [kind, { damage, says }] of Object.entries(KINDS)) {
  test(`check finds ${kind}`, () => {
    const files = sample();
    expect(checkFileSystem(files.image)).toEqual([]);
    const image = files.image.slice();
    damage(image, files);
    expect(checkFileSystem(image)).toEqual(says);
  });
}

test("whatever the bytes are, checking and reading end with sentences", () => {
  const { image } = sample();
  const places = fc.array(fc.tuple(fc.nat(image.length / 4 - 1), fc.integer()), {
    minLength: 1,
    maxLength: 40,
  });
  // Most of an image is free; what matters lies in the first blocks and in the inodes.
  const near = fc.array(fc.tuple(fc.integer({ min: 256, max: 264 }), fc.nat(400)));
  const { inodeStart } = sample().superblock;
  const inodes = fc.array(
    fc.tuple(
      fc.nat(5 * 16).map((word) => (inodeStart * BLOCK_BYTES) / 4 + word),
      fc.nat(400),
    ),
  );
  fc.assert(
    fc.property(places, near, inodes, (...lists) => {
      const copy = image.slice();
      for (const [word, value] of lists.flat()) viewOf(copy).setInt32(word * 4, value, true);
      for (const problem of checkFileSystem(copy)) expect(problem).toMatch(/^[A-Z'].*\.$/s);
    }),
    { numRuns: 300 },
  );
});

test("what is committed in the log counts as written, the newer transaction last", () => {
  const files = sample();
  const image = files.image.slice();
  const block = addressOf(files, 4, 0);
  all(logged(1, 0xffff_ffff, [block], 1), logged(0, 0, [block, addressOf(files, 4, 1)], 2))(
    image,
    files,
  );
  expect(wholeHalves(image, files.superblock).map(({ sequence }) => sequence)).toEqual([
    0xffff_ffff, 0,
  ]);
  const content = FileSystem.open(image).read("/long");
  expect([content[0], content[1024], content[2048]]).toEqual([2, 2, 7]);
  expect(checkFileSystem(image)).toEqual([]);
  const clean = recovered(image);
  expect(wholeHalves(clean, files.superblock)).toEqual([]);
  expect(recovered(clean)).toEqual(clean);
});

test("a half of which one word is not what was logged is not written home", () => {
  const files = sample();
  const image = files.image.slice();
  const block = addressOf(files, 4, 0);
  logged(0, 4, [block], 9)(image, files);
  const start = files.superblock.logStart * BLOCK_BYTES;
  image[start + BLOCK_BYTES + 513] = 8;
  expect(FileSystem.open(image).read("/long")[0]).toBe(7);
  expect(checkFileSystem(image)).toEqual([]);
});
