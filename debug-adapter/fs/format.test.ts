import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseElf } from "#emulator";
import { compileFixture } from "../testing/compile-fixture.ts";
import { LIBOS } from "../testing/run-guest.ts";
import * as format from "./format.ts";
import { ENTRY, INODE, LOG_HEADER, SUPERBLOCK } from "./format.ts";

const header = (name: string): string =>
  readFileSync(join(LIBOS, "unix/include/kernel", name), "utf8");

/** Values of C expressions that a program with the headers has, in their order. */
function valuesOf(expressions: readonly string[]): number[] {
  const elf = parseElf(
    compileFixture(
      {
        "types.h": header("types.h"),
        "fs.h": header("fs.h"),
        "main.c": `#include "types.h"
#include "fs.h"
__attribute__((section(".values"), used)) const uint values[] = { ${expressions.join(", ")} };
void _start(void) { for (;;); }`,
      },
      "-Wl,--no-gc-sections",
    ),
  );
  const { bytes } = elf.section(".values") ?? { bytes: new Uint8Array() };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return expressions.map((_, i) => view.getUint32(4 * i, true));
}

const offset = (structure: string, field: string): string =>
  `__builtin_offsetof(struct ${structure}, ${field})`;

test("numbers and structures are those of kernel/fs.h", () => {
  const pairs: [string, number][] = [
    ["ROOTINO", format.ROOT_INODE],
    ["BSIZE", format.BLOCK_BYTES],
    ["FSMAGIC", format.MAGIC],
    ["BPB", format.BITS_PER_BLOCK],
    ["NDIRECT", format.DIRECT_BLOCKS],
    ["NINDIRECT", format.INDIRECT_BLOCKS],
    ["MAXFILE", format.FILE_BLOCKS_MAX],
    ["IPB", format.INODES_PER_BLOCK],
    ["DIRSIZ", format.NAME_MAX],
    ["LOGBLOCKS", format.LOG_BLOCKS],
    ["LOGMAGIC", format.LOG_MAGIC],
    ["sizeof(struct superblock)", SUPERBLOCK.bytes],
    [offset("superblock", "magic"), SUPERBLOCK.magic],
    [offset("superblock", "size"), SUPERBLOCK.size],
    [offset("superblock", "nblocks"), SUPERBLOCK.dataBlocks],
    [offset("superblock", "ninodes"), SUPERBLOCK.inodes],
    [offset("superblock", "nlog"), SUPERBLOCK.logBlocks],
    [offset("superblock", "logstart"), SUPERBLOCK.logStart],
    [offset("superblock", "inodestart"), SUPERBLOCK.inodeStart],
    [offset("superblock", "bmapstart"), SUPERBLOCK.bitmapStart],
    ["sizeof(struct dinode)", INODE.bytes],
    [offset("dinode", "type"), INODE.type],
    [offset("dinode", "major"), INODE.major],
    [offset("dinode", "minor"), INODE.minor],
    [offset("dinode", "nlink"), INODE.links],
    [offset("dinode", "mode"), INODE.mode],
    [offset("dinode", "uid"), INODE.uid],
    [offset("dinode", "size"), INODE.size],
    [offset("dinode", "addrs"), INODE.addresses],
    ["sizeof(struct dirent)", ENTRY.bytes],
    [offset("dirent", "inum"), ENTRY.inode],
    [offset("dirent", "name"), ENTRY.name],
    ["sizeof(struct logheader)", LOG_HEADER.bytes],
    [offset("logheader", "magic"), LOG_HEADER.magic],
    [offset("logheader", "sequence"), LOG_HEADER.sequence],
    [offset("logheader", "count"), LOG_HEADER.count],
    [offset("logheader", "checksum"), LOG_HEADER.checksum],
    [offset("logheader", "block"), LOG_HEADER.blocks],
  ];
  const values = valuesOf(pairs.map(([expression]) => expression));
  expect(pairs.map(([expression], i) => [expression, values[i]])).toEqual(pairs);
});

test("places of inodes, bits and log halves, and the checksum, are what the header computes", () => {
  const superblock = format.layOut(20_000, 1000);
  const initial = `((struct superblock){ FSMAGIC, ${superblock.size}, ${superblock.dataBlocks}, ${superblock.inodes}, ${superblock.logBlocks}, ${superblock.logStart}, ${superblock.inodeStart}, ${superblock.bitmapStart} })`;
  const [inodes, bits, even, odd, sum] = valuesOf([
    `(uint)IBLOCK(999, ${initial})`,
    `(uint)BBLOCK(19999, ${initial})`,
    `(uint)LOGHALF(8, ${initial})`,
    `(uint)LOGHALF(9, ${initial})`,
    "LOGSUM(LOGSUM(LOGSUM_START, 7u), 9u)",
  ]);
  expect(format.inodeOffset(superblock, 999)).toBe(
    (inodes ?? 0) * format.BLOCK_BYTES + (999 % format.INODES_PER_BLOCK) * INODE.bytes,
  );
  expect(bits).toBe(superblock.bitmapStart + 2);
  expect([even, odd]).toEqual([superblock.logStart, superblock.logStart + format.LOG_HALF_BLOCKS]);
  const step = (before: number, word: number) => Math.imul(before ^ word, 16777619);
  expect(sum).toBe(step(step(2166136261, 7), 9) >>> 0);
});
