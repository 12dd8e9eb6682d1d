/** Conditions of the user's breakpoints that the machine evaluates by itself: it stops only where one may hold. */
import type { Condition } from "#emulator";
import type { LoadedImage } from "./loaded-image.ts";
import { compileCondition } from "./values/compile-condition.ts";

const known = new WeakMap<LoadedImage, Map<string, Condition | undefined>>();

/** The machine's form of a condition at an address of an image; undefined if there is none. */
export function compiledAt(image: LoadedImage, text: string, pc: number): Condition | undefined {
  let conditions = known.get(image);
  if (conditions === undefined) {
    conditions = new Map();
    known.set(image, conditions);
  }
  const key = `${pc} ${text}`;
  if (!conditions.has(key)) {
    conditions.set(
      key,
      compileCondition(text, {
        debug: image.debug,
        pc,
        readCode: (address, size) => codeOf(image, address, size),
        symbolAddress: (name) => image.elf.symbol(name)?.value,
        functionName: (address) => image.functionName(address),
      }),
    );
  }
  return conditions.get(key);
}

/** What stops where any of these does; undefined, which always stops, if any always does. */
export function anyOf(conditions: readonly (Condition | undefined)[]): Condition | undefined {
  return conditions.reduce((left, right) =>
    left === undefined || right === undefined ? undefined : { kind: "or", left, right },
  );
}

function codeOf(image: LoadedImage, address: number, size: number): Uint8Array | undefined {
  const segment = image.elf.segments.find(
    ({ virtualAddress, bytes }) =>
      virtualAddress <= address && address + size <= virtualAddress + bytes.length,
  );
  const start = address - (segment?.virtualAddress ?? 0);
  return segment?.bytes.subarray(start, start + size);
}
