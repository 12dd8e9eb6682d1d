/** What a name means in a frame, and which names there are. */

import {
  csrNumber,
  FLOAT_REGISTER_NAMES,
  floatRegisterIndex,
  REGISTER_NAMES,
  registerIndex,
} from "#emulator";
import { type DebugInfo, type Scope, type Type, type Variable, VOID } from "../dwarf/debug-info.ts";
import { BOOL, CHAR, DOUBLE, FLOAT, INT, pointerTo, UNSIGNED } from "./c-types.ts";
import { FIRST_FLOAT, type FrameAccess } from "./frame-access.ts";
import { memory } from "./subobjects.ts";
import { enumerator, enumeratorNames, functionNames } from "./unit-names.ts";
import { type Value, variableValue } from "./value.ts";

/** The object that `name` means at the frame's pc: of the innermost scope first, as C has it, then of the program. */
export function lookUp(name: string, frame: FrameAccess): Value | undefined {
  const variable = variableNamed(name, frame);
  return variable ? variableValue(variable, frame) : fixedValueNamed(name, frame);
}

export function variableNamed(name: string, frame: FrameAccess): Variable | undefined {
  return (
    localVariables(frame).find((candidate) => candidate.name === name) ??
    frame.debug?.globalNamed(name, frame.context.pc)
  );
}

/** What else a name may mean: it is the same for each frame of the program. */
export function fixedValueNamed(name: string, frame: FrameAccess): Value | undefined {
  return (
    enumerator(name, frame) ?? functionNamed(name, frame) ?? symbol(name, frame) ?? macro(name)
  );
}

/**
 * Reading the scopes at a pc takes about a millisecond for a function of fifty variables, and a condition asks again at every hit; they are
 * the same each time.
 */
const scopesKnown = new WeakMap<DebugInfo, Map<number, readonly Scope[]>>();
const PC_COUNT_MAX = 256;

/** Locals, parameters and statics that the frame's function sees at its pc, innermost scope first. Inner ones hide outer ones of the same name. */
export function localVariables({ debug, context, depth = 0 }: FrameAccess): Variable[] {
  const scopes = debug ? scopesAt(debug, context.pc) : [];
  return scopes.filter((scope) => scope.depth === depth).flatMap(({ variables }) => variables);
}

function scopesAt(debug: DebugInfo, pc: number): readonly Scope[] {
  let known = scopesKnown.get(debug);
  if (!known) {
    known = new Map();
    scopesKnown.set(debug, known);
  }
  let scopes = known.get(pc);
  if (!scopes) {
    if (known.size >= PC_COUNT_MAX) known.clear();
    scopes = debug.scopesAt(pc);
    known.set(pc, scopes);
  }
  return scopes;
}

function functionNamed(name: string, frame: FrameAccess): Value | undefined {
  const { debug, context } = frame;
  const candidates = debug?.functionsNamed(name) ?? [];
  const unit = debug?.functionAt(context.pc)?.unit;
  const info =
    candidates.find((candidate) => candidate.unit === unit) ??
    candidates.find(({ isExternal }) => isExternal) ??
    candidates[0];
  if (!info) return undefined;
  return { type: info.type, place: memory(info.lowPc), name, evaluateName: name };
}

const UNKNOWN_FUNCTION: Type = {
  kind: "function",
  returnType: INT,
  parameters: [],
  isVariadic: false,
  isPrototyped: false,
};
const UNKNOWN_OBJECT: Type = {
  kind: "array",
  element: CHAR,
  count: undefined,
  dynamicCount: undefined,
};

/** A symbol has no type. It is a function if it is the name of the function there, else what `extern char name[]` declares. */
function symbol(name: string, frame: FrameAccess): Value | undefined {
  const address = frame.symbolAddress(name);
  if (address === undefined) return undefined;
  const type = frame.functionName(address) === name ? UNKNOWN_FUNCTION : UNKNOWN_OBJECT;
  return { type, place: memory(address), name, evaluateName: name };
}

/** Macros aren't in the debug data; these everybody uses. */
function macro(name: string): Value | undefined {
  const found = MACROS.get(name);
  return found && { ...found, name, evaluateName: name };
}

const MACROS = new Map<string, Value>([
  ["NULL", { type: pointerTo(VOID), place: { kind: "value", value: 0n } }],
  ["true", { type: BOOL, place: { kind: "value", value: 1n } }],
  ["false", { type: BOOL, place: { kind: "value", value: 0n } }],
]);

const CODE_POINTER = pointerTo(UNKNOWN_FUNCTION);
const DATA_POINTER = pointerTo(VOID);
/** psABI, Register Convention: what these hold is an address; of the others nobody knows. */
const REGISTER_TYPES = new Map<string, Type>([
  ["ra", CODE_POINTER],
  ["sp", DATA_POINTER],
  ["gp", DATA_POINTER],
  ["tp", DATA_POINTER],
  ["fp", DATA_POINTER],
]);
/** psABI, DWARF Register Numbers: CSR n is register 4096 + n. */
const CSR_BASE = 4096;

/** Register `$name` as a value: an x-register by either name, the pc, or a CSR. */
export function registerValue(name: string, frame: FrameAccess): Value | undefined {
  const named = { name: `$${name}`, evaluateName: `$${name}` };
  if (name === "pc") return { type: CODE_POINTER, place: { kind: "pc" }, ...named };
  const index = registerIndex(name);
  if (index !== undefined) {
    const type = REGISTER_TYPES.get(name) ?? REGISTER_TYPES.get(REGISTER_NAMES[index]!) ?? INT;
    return { type, place: { kind: "register", register: index }, ...named };
  }
  const float = floatRegisterIndex(name);
  if (float !== undefined) return floatValue(FIRST_FLOAT + float, named, frame);
  const csr = csrNumber(name);
  if (csr === undefined) return undefined;
  const content = frame.context.readRegister(CSR_BASE + csr);
  return {
    type: UNSIGNED,
    place:
      content === undefined
        ? { kind: "unavailable", reason: "unknown in this frame" }
        : { kind: "value", value: BigInt(content) },
    ...named,
  };
}

/** A float where a single is boxed in it (Unpriv §12.2), else a double. */
function floatValue(
  register: number,
  named: Pick<Value, "name" | "evaluateName">,
  frame: FrameAccess,
): Value {
  const bits = frame.context.readRegister(register);
  const isBoxed = bits !== undefined && BigInt(bits) >> 32n === 0xffff_ffffn;
  return { type: isBoxed ? FLOAT : DOUBLE, place: { kind: "register", register }, ...named };
}

export function registerNames(): string[] {
  return ["pc", ...REGISTER_NAMES, ...FLOAT_REGISTER_NAMES];
}

/** Every name that `lookUp` knows, nearest first; symbols without debug data can't be listed. */
export function* namesInScope(frame: FrameAccess): Iterable<string> {
  for (const { name } of localVariables(frame)) yield name;
  for (const { name } of globalVariables(frame.debug)) yield name;
  yield* functionNames(frame);
  yield* enumeratorNames(frame);
}

export function globalVariables(debug: DebugInfo | undefined): Variable[] {
  return debug?.globals().flatMap(({ variables }) => variables) ?? [];
}

/** The name among `names` that `name` was most likely meant to be; undefined if none is near. */
export function similarName(name: string, names: Iterable<string>): string | undefined {
  const distanceMax = name.length < 4 ? 1 : 2;
  let best: string | undefined;
  let bestDistance = distanceMax + 1;
  for (const candidate of names) {
    if (candidate === name || Math.abs(candidate.length - name.length) > distanceMax) continue;
    const distance =
      candidate.toLowerCase() === name.toLowerCase() ? 0.5 : editDistance(name, candidate);
    if (distance >= bestDistance || distance >= candidate.length) continue;
    best = candidate;
    bestDistance = distance;
  }
  return best;
}

/** Insertions, deletions, substitutions and swaps of neighbours that make `from` into `to`. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const substitution = last[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      let distance = Math.min(substitution, last[j]! + 1, row[j - 1]! + 1);
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) {
        distance = Math.min(distance, beforeLast[j - 2]! + 1);
      }
      row.push(distance);
    }
    beforeLast = last;
    last = row;
  }
  return last[to.length]!;
}
