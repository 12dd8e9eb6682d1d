/**
 * The shape of a kernel call: *decode* checks everything through named guards and changes nothing, *invoke* changes
 * everything and cannot fail (DESIGN.md 3, Guards). seL4's shape; the trail of guards is what a debugger shows.
 */
import { CALLS, type CallName, ERRORS, type ErrorName } from "./abi.ts";
import type { Capability } from "./capability.ts";
import type { Core } from "./core.ts";
import type { GuardName } from "./guard-names.ts";
import type { Revocable } from "./holdings.ts";
import type { CapabilityRef } from "./records.ts";

/** One guard as it was evaluated. */
export interface Verdict {
  readonly guard: string;
  readonly holds: boolean;
  /** The operands and what they mean, as one sentence. */
  readonly because: string;
  /** It does not hold, and the scenario has weakened it: the call went on. */
  readonly isWeakened?: true;
}

export interface Refusal {
  readonly error: ErrorName;
  readonly guard: string;
  readonly because: string;
  /** What there was too little of. */
  readonly shortage?: { readonly kind: Revocable; readonly count: number };
}

class Refused {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    this.refusal = refusal;
  }
}

/** Capabilities in slots where they are not; and that the caller, who is no launcher, has the processor. */
export type Supposed = ReadonlyMap<CapabilityRef, Capability>;

/** What a call's decode sees: the kernel, the caller, and the trail that its guards leave. */
export class Decoding {
  readonly core: Core;
  readonly caller: number;
  /** The guards that were evaluated; those that hold only where they are asked for, since their sentences cost more than the call. */
  readonly trail: Verdict[] = [];
  readonly isExplained: boolean;
  /** What runs short if the next guard does not hold: a shortage that the kernel then declares. */
  shortage: { readonly kind: Revocable; readonly count: number } | undefined;
  /** What is supposed of a hypothetical call. */
  readonly supposed: Supposed | undefined;

  constructor(core: Core, caller: number, isExplained: boolean, supposed?: Supposed) {
    this.core = core;
    this.isExplained = isExplained;
    this.caller = caller;
    this.supposed = supposed;
  }
}

/** The operands of a guard as a sentence, or what makes it when somebody wants to read it. */
export type Because = string | (() => string);

const textOf = (because: Because): string => (typeof because === "string" ? because : because());

/**
 * Evaluates one named guard and ends decoding at the first that does not hold, unless the scenario has weakened it. `because`
 * says the operands.
 */
export function guard(
  call: Decoding,
  name: GuardName,
  holds: boolean,
  error: ErrorName,
  because: Because,
): void {
  if (!holds && call.core.weakened.has(name)) {
    call.trail.push({ guard: name, holds, because: textOf(because), isWeakened: true });
  } else {
    need(call, name, holds, error, because);
  }
}

/**
 * A guard that cannot be weakened: without it the call has nothing to act on, or would tear the kernel's own lists. Only these
 * tell the compiler that what they ask for is there.
 */
export function need(
  call: Decoding,
  name: string,
  holds: boolean,
  error: ErrorName,
  because: Because,
): asserts holds {
  if (holds && !call.isExplained) return;
  const text = textOf(because);
  call.trail.push({ guard: name, holds, because: text });
  if (holds) return;
  const { shortage } = call;
  const refusal: Refusal = { error, guard: name, because: text };
  throw new Refused(shortage === undefined ? refusal : { ...refusal, shortage });
}

/**
 * The last guard of a call that polls: "nothing there yet" is an answer, which is returned. Programs ask so often that throwing it
 * would be most of what they do.
 */
export function unless(
  call: Decoding,
  name: string,
  holds: boolean,
  because: Because,
): NotYet | undefined {
  if (holds && !call.isExplained) return undefined;
  const text = textOf(because);
  call.trail.push({ guard: name, holds, because: text });
  return holds ? undefined : new NotYet(name, text);
}

export class NotYet {
  readonly refusal: Refusal;
  constructor(guard: string, because: string) {
    this.refusal = { error: "AGAIN", guard, because };
  }
}

/** Says that the call has switched to other registers, so that no result is written. */
export const SWITCHED = Symbol("switched");
export type Result = number | typeof SWITCHED;

export interface KernelCall<Request> {
  readonly name: CallName;
  readonly decode: (call: Decoding, args: Uint32Array) => Request | NotYet;
  readonly invoke: (core: Core, request: Request, caller: number) => Result;
}

/** Erases a call's request type, so that calls of all kinds stand in one table. */
export interface AnyKernelCall {
  readonly name: CallName;
  readonly perform: (core: Core, caller: number, args: Uint32Array) => Performed;
  readonly check: (core: Core, caller: number, args: Uint32Array, supposed?: Supposed) => Checked;
}

export type Checked =
  | { readonly ok: true; readonly trail: readonly Verdict[] }
  | { readonly ok: false; readonly trail: readonly Verdict[]; readonly refusal: Refusal };
export type Performed = { readonly result: Result; readonly refusal?: Refusal };

export function defineCall<Request>(call: KernelCall<Request>): AnyKernelCall {
  return {
    name: call.name,
    perform: (core, caller, args) => {
      const decoded = decode(call, core, caller, args, false);
      if (!decoded.ok) {
        return { result: ERRORS[decoded.refusal.error].code, refusal: decoded.refusal };
      }
      for (const { guard, because, isWeakened } of decoded.trail) {
        if (isWeakened)
          core.emit({ kind: "weakened", call: CALLS[call.name].name, guard, because });
      }
      return { result: call.invoke(core, decoded.request, caller) };
    },
    check: (core, caller, args, supposed) => decode(call, core, caller, args, true, supposed),
  };
}

function decode<Request>(
  call: KernelCall<Request>,
  core: Core,
  caller: number,
  args: Uint32Array,
  isExplained: boolean,
  supposed?: Supposed,
): (Checked & { ok: true; request: Request }) | (Checked & { ok: false }) {
  const decoding = new Decoding(core, caller, isExplained, supposed);
  const { trail } = decoding;
  try {
    const request = call.decode(decoding, args);
    if (request instanceof NotYet) return { ok: false, trail, refusal: request.refusal };
    return { ok: true, request, trail };
  } catch (problem) {
    if (!(problem instanceof Refused)) throw problem;
    return { ok: false, trail, refusal: problem.refusal };
  }
}

/** The registers of a call with these arguments: a0 to a6, and t6. */
export function registersFrom(args: readonly number[]): Uint32Array {
  const registers = new Uint32Array(8);
  registers.set(args.map((value) => value >>> 0));
  return registers;
}
