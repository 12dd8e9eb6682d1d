/** Kernel calls as people name them: calls and their arguments from text, and what each argument is at a moment. */
import {
  ANY,
  CALLS,
  type CallName,
  type Capability,
  indexOfId,
  LIMITS,
  RIGHTS,
  refOf,
  rightsText,
  SLOTS,
} from "#exokernel";
import type { Debuggee } from "./debuggee.ts";
import { noCall, UserError } from "./errors.ts";
import type { CallsBody } from "./protocol.ts";

export interface CallParameter {
  readonly name: string;
  readonly meaning: string;
  /** Which of the eight registers that a call's decode sees: a0 to a6, and t6. */
  readonly register: number;
}

/** The register t6 among those that a call's decode sees. */
const TARGET = 7;

/** The parameters of a call; those of transfers have only the target, which is in t6. */
export function parametersOf(call: CallName): readonly CallParameter[] {
  if (call === "transferSync" || call === "transferAsync") {
    return [{ name: "target", meaning: "id of the environment that is entered", register: TARGET }];
  }
  return CALLS[call].parameters.map(({ name, meaning }, register) => ({ name, meaning, register }));
}

/** Every call with its parameters, as clients list them. */
export function allCalls(): CallsBody["calls"] {
  return Object.entries(CALLS).map(([call, { name, meaning }]) => ({
    name,
    meaning,
    parameters: parametersOf(call as CallName).map((each) => ({
      name: each.name,
      meaning: each.meaning,
    })),
  }));
}

/** `page_alloc`, `exo_page_alloc`, `pageAlloc`. Throws `UserError`. */
export function callNamed(text: string): CallName {
  const wanted = text.trim().replace(/^exo_/, "");
  const found = Object.entries(CALLS).find(([name, row]) => name === wanted || row.name === wanted);
  if (found === undefined) throw noCall(text);
  return found[0] as CallName;
}

/** Numbers, `EXO_ANY`, `EXO_SLOT_MEMORY`, `EXO_RIGHT_READ | EXO_RIGHT_WRITE`, names of environments. Throws `UserError`. */
export function numberNamed(debuggee: Debuggee, value: number | string): number {
  const pieces = String(value).split("|");
  return pieces.reduce((sum, piece) => (sum | pieceNamed(debuggee, piece.trim())) >>> 0, 0);
}

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();

const CONSTANTS: ReadonlyMap<string, number> = new Map([
  ["EXO_ANY", ANY],
  ...Object.entries(SLOTS).map(([name, slot]): [string, number] => [
    `EXO_SLOT_${snake(name)}`,
    slot,
  ]),
  ...Object.entries(RIGHTS).map(([name, right]): [string, number] => [`EXO_RIGHT_${name}`, right]),
]);

function pieceNamed(debuggee: Debuggee, text: string): number {
  const constant = CONSTANTS.get(text);
  if (constant !== undefined) return constant;
  const value = text === "" ? Number.NaN : Number(text);
  if (Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 32) return value >>> 0;
  const named = debuggee.environments().find(({ name }) => name === text);
  if (named !== undefined) return named.id;
  throw new UserError(
    161,
    `'${text}' is no number, no constant as EXO_ANY or EXO_RIGHT_READ, and no environment's name.`,
  );
}

/** The eight registers of a call with these arguments, in their order or by name. Throws `UserError`. */
export function registersOf(
  debuggee: Debuggee,
  call: CallName,
  given: readonly (number | string)[] | Readonly<Record<string, number | string>>,
): number[] {
  const parameters = parametersOf(call);
  const registers = new Array<number>(TARGET + 1).fill(0);
  const names = parameters.map(({ name }) => name).join(", ") || "none";
  const takes = `${CALLS[call].name} takes the arguments ${names}`;
  const named = Array.isArray(given)
    ? given.map((value, i) => [parameters[i]?.name, value] as const)
    : Object.entries(given as Readonly<Record<string, number | string>>);
  const seen = new Set<string>();
  for (const [name, value] of named) {
    const parameter = parameters.find((each) => each.name === name);
    if (parameter === undefined) throw new UserError(162, `${takes}; there is one too many.`);
    registers[parameter.register] = numberNamed(debuggee, value);
    seen.add(parameter.name);
  }
  const missing = parameters.find(({ name }) => !seen.has(name) && !/^bytes/.test(name));
  if (missing !== undefined) throw new UserError(162, `${takes}; '${missing.name}' is missing.`);
  return registers;
}

/** Whether an argument is the slot of a capability that the call uses, rather than one that it fills. */
export function isUsedSlot({ meaning }: CallParameter): boolean {
  return /^(capability of kind|the owner's|the source|the capability|whose desc|slot of the env)/.test(
    meaning,
  );
}

/** Whether an argument is the slot of the environment on whose behalf a call is. */
export const isEnvironmentSlot = ({ meaning }: CallParameter): boolean =>
  meaning.startsWith("slot of the env");

/** Id of the environment whose capability table an argument's slot is of; undefined when that is nobody's. */
export function tableOf(
  debuggee: Debuggee,
  caller: number,
  call: CallName,
  registers: readonly number[],
  parameter: CallParameter,
): number | undefined {
  if (isEnvironmentSlot(parameter)) return caller;
  const before = parametersOf(call).filter(
    (each) => each.register < parameter.register && isEnvironmentSlot(each),
  );
  const behalf = before.at(-1);
  const slot = behalf === undefined ? 0 : (registers[behalf.register] ?? 0);
  if (slot === 0) return caller;
  const held = capabilityIn(debuggee, caller, slot);
  return held?.kind === "environment" ? held.resource : undefined;
}

/** What is in a slot of an environment. */
export function capabilityIn(
  debuggee: Debuggee,
  environment: number,
  slot: number,
): Capability | undefined {
  if (slot >= LIMITS.slots) return undefined;
  return debuggee.view.capability(refOf(indexOfId(environment), slot));
}

/** What a capability is for, as people read it: `page 0x12, rw---`. */
export function capabilityText(debuggee: Debuggee, { kind, resource, rights }: Capability): string {
  return `${resourceText(debuggee, kind, resource)}, ${rightsText(rights)}`;
}

export function resourceText(
  debuggee: Debuggee,
  kind: Capability["kind"],
  resource: number,
): string {
  switch (kind) {
    case "page":
      return `page 0x${resource.toString(16)}`;
    case "slice":
    case "extent":
      return `${kind} ${resource}`;
    case "environment":
      return `environment ${debuggee.nameOf(resource)}`;
    case "memory":
      return "all free pages";
    case "processor":
      return "all free slices";
    case "environments":
      return "the right to create environments";
    case "state":
      return "the kernel's own records, to read";
    case "filter":
      return `filter ${resource}`;
    default:
      return kind;
  }
}

/** An argument as people read it: `17 (page 0x12, rw---)`, `0x40000000`, `rw-`. */
export function argumentText(
  debuggee: Debuggee,
  caller: number,
  call: CallName,
  registers: readonly number[],
  parameter: CallParameter,
): string {
  const value = registers[parameter.register] ?? 0;
  const hex = `0x${value.toString(16)}`;
  if (value === ANY && /EXO_ANY/.test(parameter.meaning)) return "EXO_ANY";
  if (parameter.name === "rights") return `${value} (${rightsText(value)})`;
  if (/^id of/.test(parameter.meaning)) {
    return value === 0 ? "0" : `${value} (${debuggee.nameOf(value)})`;
  }
  if (isEnvironmentSlot(parameter) && value === 0) return "0 (the caller)";
  if (isUsedSlot(parameter)) {
    const table = tableOf(debuggee, caller, call, registers, parameter);
    const held = table === undefined ? undefined : capabilityIn(debuggee, table, value);
    return `${value} (${held === undefined ? "empty" : capabilityText(debuggee, held)})`;
  }
  if (/slot/.test(parameter.meaning)) return String(value);
  return /address|pc|frame|bytes|value|tag|argument/.test(parameter.name) ? hex : String(value);
}
