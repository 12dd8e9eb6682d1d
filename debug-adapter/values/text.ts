/** Bytes as C text: literals, escapes, and strings in the guest's memory. */
import type { FrameContext } from "../dwarf/debug-info.ts";

const ESCAPES: Readonly<Record<number, string>> = {
  7: "\\a",
  8: "\\b",
  9: "\\t",
  10: "\\n",
  11: "\\v",
  12: "\\f",
  13: "\\r",
  92: "\\\\",
};
const SINGLE_QUOTE = 39;
const DOUBLE_QUOTE = 34;
const PAGE_BYTES = 4096;

/** `byte` as a C character constant: `'A'`, `'\n'`, `'\200'`. */
export function characterLiteral(byte: number): string {
  return `'${byte === SINGLE_QUOTE ? "\\'" : escaped(byte)}'`;
}

/** `bytes` as a C string literal. UTF-8 stays readable; other bytes are octal, whose end, unlike a hexadecimal escape's, is certain. */
export function stringLiteral(bytes: Uint8Array): string {
  let text = "";
  for (let index = 0; index < bytes.length; ) {
    const length = utf8Length(bytes, index);
    if (length > 1) text += new TextDecoder().decode(bytes.subarray(index, index + length));
    else text += bytes[index] === DOUBLE_QUOTE ? '\\"' : escaped(bytes[index]!);
    index += length;
  }
  return `"${text}"`;
}

function escaped(byte: number): string {
  const named = ESCAPES[byte];
  if (named !== undefined) return named;
  if (byte >= 32 && byte < 127) return String.fromCharCode(byte);
  return byte === 0 ? "\\0" : `\\${byte.toString(8).padStart(3, "0")}`;
}

/** The number of bytes of the UTF-8 sequence that begins at `index`; 1 if none does. */
function utf8Length(bytes: Uint8Array, index: number): number {
  const first = bytes[index]!;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 1;
  if (length === 1 || first > 0xf4) return 1;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(index, index + length));
    return length;
  } catch {
    return 1;
  }
}

/** The string at `address`, without its NUL. `isComplete` is false if it is longer than `bytesMax` or goes on in memory that isn't there. */
export function readString(
  address: number,
  bytesMax: number,
  context: FrameContext,
): { readonly bytes: Uint8Array; readonly isComplete: boolean } {
  const bytes = new Uint8Array(bytesMax);
  let length = 0;
  while (length < bytesMax) {
    const at = address + length;
    const size = Math.min(bytesMax - length, PAGE_BYTES - (at % PAGE_BYTES));
    const chunk = context.readMemory(at, size);
    if (!chunk || chunk.length < size) break;
    const end = chunk.subarray(0, size).indexOf(0);
    bytes.set(chunk.subarray(0, end < 0 ? size : end), length);
    length += end < 0 ? size : end;
    if (end >= 0) return { bytes: bytes.subarray(0, length), isComplete: true };
  }
  return { bytes: bytes.subarray(0, length), isComplete: false };
}
