/** An executable without what only a debugger reads, as it lies on a disk: a guest that loads it needs no more. */
import { type ElfImage, type ElfSegment, PAGE_SIZE } from "#emulator";

const HEADER_BYTES = 52;
const PROGRAM_HEADER_BYTES = 32;
const PT_LOAD = 1;
const PT_NOTE = 4;
const FLAG = { executable: 1, writable: 2, readable: 4 } as const;
/** Among the bits that ELF leaves to the operating system (PF_MASKOS): sections `.exo...` are in it, which are to be bound as guaranteed. */
export const FLAG_GUARANTEED = 0x0010_0000;

interface Part {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
  readonly memorySize: number;
  readonly flags: number;
}

/**
 * The ELF header, the program headers, what is loaded, and the build id. A segment lies at an offset that is its address within a
 * page, so that a page of the file is a page of memory; zeros at its end are left to be made.
 */
export function stripProgram(bytes: Uint8Array, elf: ElfImage): Uint8Array {
  const note = elf.section(".note.gnu.build-id");
  const isLoaded = (segment: ElfSegment): boolean =>
    note !== undefined &&
    note.address >= segment.virtualAddress &&
    note.address + note.size <= segment.virtualAddress + segment.fileSize;
  const count = elf.segments.length + (note === undefined ? 0 : 1);
  let end = HEADER_BYTES + count * PROGRAM_HEADER_BYTES;
  const parts: Part[] = [];
  const contents: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  let noteAt: number | undefined;
  for (const segment of elf.segments) {
    const { virtualAddress: address, memorySize } = segment;
    const content = withoutZeros(segment.bytes);
    // What has no bytes in the file still begins within it.
    const page = content.length === 0 ? 0 : Math.ceil(end / PAGE_SIZE) * PAGE_SIZE;
    const offset = page + (address % PAGE_SIZE);
    parts.push({
      ...{ type: PT_LOAD, offset, address, fileSize: content.length, memorySize },
      flags: flagsOf(segment, elf),
    });
    contents.push({ at: offset, bytes: content });
    end = Math.max(end, offset + content.length);
    if (isLoaded(segment)) noteAt = offset + (note?.address ?? 0) - address;
  }
  if (note !== undefined) {
    if (noteAt === undefined) {
      noteAt = Math.ceil(end / 4) * 4;
      contents.push({ at: noteAt, bytes: note.bytes });
      end = noteAt + note.size;
    }
    const { address, size } = note;
    parts.push({
      ...{ type: PT_NOTE, offset: noteAt, address, fileSize: size, memorySize: size },
      flags: FLAG.readable,
    });
    end = Math.max(end, noteAt + size);
  }
  const stripped = new Uint8Array(end);
  stripped.set(bytes.subarray(0, HEADER_BYTES));
  writeHeaders(new DataView(stripped.buffer), parts);
  for (const { at, bytes: content } of contents) stripped.set(content, at);
  return stripped;
}

function writeHeaders(view: DataView, parts: readonly Part[]): void {
  view.setUint32(28, HEADER_BYTES, true);
  // No sections.
  view.setUint32(32, 0, true);
  view.setUint16(40, HEADER_BYTES, true);
  view.setUint16(42, PROGRAM_HEADER_BYTES, true);
  view.setUint16(44, parts.length, true);
  view.setUint16(48, 0, true);
  view.setUint16(50, 0, true);
  for (const [i, { type, offset, address, fileSize, memorySize, flags }] of parts.entries()) {
    const alignment = type === PT_LOAD ? PAGE_SIZE : 4;
    const words = [type, offset, address, address, fileSize, memorySize, flags, alignment];
    const at = HEADER_BYTES + i * PROGRAM_HEADER_BYTES;
    for (const [j, word] of words.entries()) view.setUint32(at + 4 * j, word, true);
  }
}

function flagsOf(segment: ElfSegment, elf: ElfImage): number {
  const { virtualAddress, memorySize, readable, writable, executable } = segment;
  const isGuaranteed = elf.sections.some(
    ({ name, address, size }) =>
      name.startsWith(".exo") &&
      size > 0 &&
      address >= virtualAddress &&
      address < virtualAddress + memorySize,
  );
  return (
    (readable ? FLAG.readable : 0) |
    (writable ? FLAG.writable : 0) |
    (executable ? FLAG.executable : 0) |
    (isGuaranteed ? FLAG_GUARANTEED : 0)
  );
}

function withoutZeros(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end -= 1;
  return bytes.subarray(0, end);
}
