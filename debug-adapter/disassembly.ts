/** DAP `disassemble`: exactly as many instructions as asked for, also before an address and where nothing is bound. */
import type { DebugProtocol as Dap } from "@vscode/debugprotocol";
import { disassemble } from "#emulator";
import type { Debuggee } from "./debuggee.ts";
import type { LoadedImage } from "./loaded-image.ts";

const hex = (value: number): string => `0x${(value >>> 0).toString(16).padStart(8, "0")}`;

/** Instructions around an address of an environment. Those that do not exist are marked `invalid`. */
export function disassembleRange(
  debuggee: Debuggee,
  environment: number,
  address: number,
  instructionOffset: number,
  count: number,
): Dap.DisassembledInstruction[] {
  const image = debuggee.imageOf(environment);
  let start = address;
  let invalidBefore = 0;
  if (instructionOffset < 0) {
    const before = boundariesBefore(debuggee, environment, image, address, -instructionOffset);
    start = before[0] ?? address;
    invalidBefore = -instructionOffset - before.length;
  }
  const instructions: Dap.DisassembledInstruction[] = [];
  for (let i = 0; i < invalidBefore && instructions.length < count; i += 1) {
    instructions.push(invalid(start - 2 * (invalidBefore - i), "??"));
  }
  let at = start;
  let skip = Math.max(0, instructionOffset);
  let lastLine: string | undefined;
  while (instructions.length < count) {
    const { instruction, length, place } = one(debuggee, environment, image, at);
    at += length;
    if (skip > 0) {
      skip -= 1;
      continue;
    }
    if (place !== undefined && image !== undefined) {
      const key = `${place.file}:${place.line}`;
      if (key !== lastLine) {
        instruction.location = sourceOf(image.localPath(place.file));
        instruction.line = place.line;
      }
      lastLine = key;
    }
    instructions.push(instruction);
  }
  return instructions;
}

export function sourceOf(path: string): Dap.Source {
  return { name: path.replace(/^.*[\\/]/, ""), path };
}

function invalid(address: number, text: string): Dap.DisassembledInstruction {
  return { address: hex(address), instruction: text, presentationHint: "invalid" };
}

function one(
  debuggee: Debuggee,
  environment: number,
  image: LoadedImage | undefined,
  address: number,
): {
  instruction: Dap.DisassembledInstruction;
  length: number;
  place: { file: string; line: number } | undefined;
} {
  const bytes = debuggee.view.read(environment, address >>> 0, 4);
  const isShort = bytes.length >= 2 && ((bytes[0] ?? 0) & 3) !== 3;
  if (bytes.length < 2 || (!isShort && bytes.length < 4)) {
    return { instruction: invalid(address, "not bound"), length: 2, place: undefined };
  }
  const word = new DataView(new Uint8Array([...bytes, 0, 0, 0, 0]).buffer).getUint32(0, true);
  const decoded = disassemble(word, address, (target) => image?.symbolize(target));
  const shown = [...bytes.subarray(0, decoded.length)].reverse();
  const row = image?.debug.lineAt(address);
  const symbol = image?.symbolize(address);
  return {
    instruction: {
      address: hex(address),
      instructionBytes: shown.map((byte) => byte.toString(16).padStart(2, "0")).join(""),
      instruction: decoded.text,
      ...(symbol === undefined ? {} : { symbol }),
    },
    length: decoded.length,
    place: row === undefined || row.line === 0 || row.file === "" ? undefined : row,
  };
}

/**
 * The starts of at most `count` instructions before an address. With 2-byte instructions one cannot walk backwards:
 * the walk begins at the start of a function before it, from where lengths are known.
 */
function boundariesBefore(
  debuggee: Debuggee,
  environment: number,
  image: LoadedImage | undefined,
  address: number,
  count: number,
): number[] {
  const wanted = address - 4 * count;
  const symbols = (image?.elf.symbols ?? [])
    .filter((symbol) => symbol.kind === "function" && symbol.value <= address)
    .map((symbol) => symbol.value)
    .sort((a, b) => b - a);
  const start = symbols.find((value) => value <= wanted) ?? symbols.at(-1) ?? address & ~1;
  const starts: number[] = [];
  let at = start;
  while (at < address) {
    starts.push(at);
    const bytes = debuggee.view.read(environment, at, 2);
    at += bytes.length === 2 && ((bytes[0] ?? 0) & 3) === 3 ? 4 : 2;
  }
  return starts.slice(-count);
}
