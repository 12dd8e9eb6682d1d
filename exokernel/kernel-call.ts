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
  readonly trail: Verdict[] = [];
  /** What runs short if the next guard does not hold: a shortage that the kernel then declares. */
  shortage: { readonly kind: Revocable; readonly count: number } | undefined;
  /** What is supposed of a hypothetical call. */
  readonly supposed: Supposed | undefined;

  constructor(core: Core, caller: number, supposed?: Supposed) {
    this.core = core;
    this.caller = caller;
    this.supposed = supposed;
  }
}

/**
 * Evaluates one named guard and ends decoding at the first that does not hold, unless the scenario has weakened it. `because`
 * says the operands.
 */
export function guard(
  call: Decoding,
  name: GuardName,
  holds: boolean,
  error: ErrorName,
  because: string,
): void {
  if (!holds && call.core.weakened.has(name)) {
    call.trail.push({ guard: name, holds, because, isWeakened: true });
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
  because: string,
): asserts holds {
  call.trail.push({ guard: name, holds, because });
  if (holds) return;
  const { shortage } = call;
  const refusal: Refusal = { error, guard: name, because };
  throw new Refused(shortage === undefined ? refusal : { ...refusal, shortage });
}

/** Says that the call has switched to other registers, so that no result is written. */
export const SWITCHED = Symbol("switched");
export type Result = number | typeof SWITCHED;

export interface KernelCall<Request> {
  readonly name: CallName;
  readonly decode: (call: Decoding, args: Uint32Array) => Request;
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
      const decoded = decode(call, core, caller, args);
      if (!decoded.ok) {
        return { result: ERRORS[decoded.refusal.error].code, refusal: decoded.refusal };
      }
      for (const { guard, because, isWeakened } of decoded.trail) {
        if (isWeakened)
          core.emit({ kind: "weakened", call: CALLS[call.name].name, guard, because });
      }
      return { result: call.invoke(core, decoded.request, caller) };
    },
    check: (core, caller, args, supposed) => decode(call, core, caller, args, supposed),
  };
}

function decode<Request>(
  call: KernelCall<Request>,
  core: Core,
  caller: number,
  args: Uint32Array,
  supposed?: Supposed,
): (Checked & { ok: true; request: Request }) | (Checked & { ok: false }) {
  const decoding = new Decoding(core, caller, supposed);
  try {
    return { ok: true, request: call.decode(decoding, args), trail: decoding.trail };
  } catch (problem) {
    if (!(problem instanceof Refused)) throw problem;
    return { ok: false, trail: decoding.trail, refusal: problem.refusal };
  }
}
