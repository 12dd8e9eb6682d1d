/** The log of a file system: what a transaction has committed and may not have written home yet. */
import {
  BLOCK_BYTES,
  FileSystemError,
  LOG_BLOCKS,
  LOG_HALF_BLOCKS,
  LOG_HEADER,
  LOG_MAGIC,
  readSuperblock,
  type Superblock,
  viewOf,
} from "./format.ts";

const SUM_START = 2166136261;
const SUM_FACTOR = 16777619;

const sumWord = (sum: number, word: number): number => Math.imul(sum ^ word, SUM_FACTOR);

/** One half of the log whose header and blocks belong together. */
export interface WholeHalf {
  readonly half: 0 | 1;
  readonly sequence: number;
  /** Where its blocks belong. */
  readonly blocks: readonly number[];
}

const halfStart = ({ logStart }: Superblock, half: number): number =>
  (logStart + half * LOG_HALF_BLOCKS) * BLOCK_BYTES;

/** The checksum that a half with these contents must have. */
export function logChecksum(image: Uint8Array, superblock: Superblock, half: 0 | 1): number {
  const view = viewOf(image);
  const start = halfStart(superblock, half);
  const count = view.getUint32(start + LOG_HEADER.count, true);
  let sum = sumWord(SUM_START, view.getUint32(start + LOG_HEADER.sequence, true));
  sum = sumWord(sum, count);
  for (let i = 0; i < count; i += 1) {
    sum = sumWord(sum, view.getUint32(start + LOG_HEADER.blocks + 4 * i, true));
  }
  const end = start + (1 + count) * BLOCK_BYTES;
  for (let at = start + BLOCK_BYTES; at < end; at += 4)
    sum = sumWord(sum, view.getUint32(at, true));
  return sum >>> 0;
}

/** The halves that are whole, the older one first. */
export function wholeHalves(image: Uint8Array, superblock: Superblock): WholeHalf[] {
  const view = viewOf(image);
  const found: WholeHalf[] = [];
  for (const half of [0, 1] as const) {
    const start = halfStart(superblock, half);
    const count = view.getUint32(start + LOG_HEADER.count, true);
    if (view.getUint32(start + LOG_HEADER.magic, true) !== LOG_MAGIC || count > LOG_BLOCKS)
      continue;
    const checksum = view.getUint32(start + LOG_HEADER.checksum, true);
    if (logChecksum(image, superblock, half) !== checksum) continue;
    found.push({
      half,
      sequence: view.getUint32(start + LOG_HEADER.sequence, true),
      blocks: Array.from({ length: count }, (_, i) =>
        view.getUint32(start + LOG_HEADER.blocks + 4 * i, true),
      ),
    });
  }
  // Sequence numbers go round.
  return found.sort((a, b) => (a.sequence - b.sequence) | 0);
}

const isHome = ({ inodeStart, size }: Superblock, block: number): boolean =>
  block >= inodeStart && block < size;

/**
 * A copy of the image in which everything that is committed is at home and the log is empty. Throws a `FileSystemError` when the
 * image has no file system, or a log that would destroy it.
 */
export function recovered(image: Uint8Array): Uint8Array {
  const copy = image.slice();
  const superblock = readSuperblock(copy);
  for (const { half, blocks } of wholeHalves(image, superblock)) {
    const start = halfStart(superblock, half) + BLOCK_BYTES;
    for (const [i, block] of blocks.entries()) {
      if (!isHome(superblock, block)) {
        throw new FileSystemError(
          `half ${half} of its log is damaged: it has a block that belongs to block ${block}, where neither inodes nor the bitmap nor data are`,
        );
      }
      const from = start + i * BLOCK_BYTES;
      copy.set(image.subarray(from, from + BLOCK_BYTES), block * BLOCK_BYTES);
    }
  }
  // What is recovered once more later would undo what is written from now on.
  for (const half of [0, 1]) {
    const start = halfStart(superblock, half);
    copy.fill(0, start, start + LOG_HEADER.bytes);
  }
  return copy;
}

/** What is wrong with the log, as sentences. That a half is not whole is nothing wrong: the power may have failed. */
export function checkLog(image: Uint8Array, superblock: Superblock): string[] {
  const problems: string[] = [];
  const view = viewOf(image);
  for (const half of [0, 1]) {
    const start = halfStart(superblock, half);
    const count = view.getUint32(start + LOG_HEADER.count, true);
    if (view.getUint32(start + LOG_HEADER.magic, true) === LOG_MAGIC && count > LOG_BLOCKS) {
      problems.push(
        `Half ${half} of the log says that it has ${count} blocks; ${LOG_BLOCKS} fit in.`,
      );
    }
  }
  const whole = wholeHalves(image, superblock);
  for (const { half, sequence, blocks } of whole) {
    if ((sequence & 1) !== half) {
      problems.push(
        `Transaction ${sequence} is in half ${half} of the log and belongs in the other.`,
      );
    }
    for (const block of blocks.filter((each) => !isHome(superblock, each))) {
      problems.push(
        `Half ${half} of the log has a block that belongs to block ${block}, where neither inodes nor the bitmap nor data are.`,
      );
    }
    for (const block of new Set(blocks.filter((each, i) => blocks.indexOf(each) < i))) {
      problems.push(`Half ${half} of the log has block ${block} twice.`);
    }
  }
  const [older, newer] = whole;
  if (older !== undefined && newer !== undefined) {
    if (((newer.sequence - older.sequence) | 0) !== 1) {
      problems.push(
        `The halves of the log have transactions ${older.sequence} and ${newer.sequence}, which do not follow each other.`,
      );
    }
  }
  return problems;
}
