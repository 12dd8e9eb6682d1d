/** What a run depends on of its program: two executables with the same identity run alike, to the last byte. */
import type { ElfImage } from "#emulator";
import type { Host } from "../host.ts";

/**
 * SHA-256 over the entry and what is loaded, but not over debug data, so that the same source that lies in another folder is the same
 * program.
 */
export function identityOf(elf: ElfImage, host: Host): string {
  const header = new Uint32Array(1 + 4 * elf.segments.length);
  header[0] = elf.entry;
  for (const [i, segment] of elf.segments.entries()) {
    const { virtualAddress, memorySize, readable, writable, executable, bytes } = segment;
    const rights = Number(readable) | (Number(writable) << 1) | (Number(executable) << 2);
    header.set([virtualAddress, memorySize, rights, bytes.length], 1 + 4 * i);
  }
  const parts = [littleEndian(header), ...elf.segments.map(({ bytes }) => bytes)];
  return `sha256:${host.sha256(parts)}`;
}

function littleEndian(words: Uint32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * words.length));
  for (const [i, word] of words.entries()) view.setUint32(4 * i, word, true);
  return new Uint8Array(view.buffer);
}
