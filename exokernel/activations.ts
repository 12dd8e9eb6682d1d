/**
 * Records of upcalls and transfers in flight, kept for the debugger only (CONTRACT C23): the registers of what was
 * interrupted or called, so that a stack can be unwound across the boundary. They decide nothing.
 */

import type { Machine } from "#emulator";

export interface SavedRegisters {
  readonly pc: number;
  /** x0..x31. */
  readonly registers: Uint32Array;
  /** f0..f31, two words each; undefined when all are 0. */
  readonly floats?: Uint32Array | undefined;
}

/** The machine's registers as they are now. */
export function savedRegistersOf(hart: Machine["hart"]): SavedRegisters {
  const { pc } = hart;
  const floats = hart.areFloatsZero ? undefined : hart.floatWords();
  return { pc, registers: hart.registers(), floats };
}

export type Activation = SavedRegisters & {
  /** Step at which the boundary was crossed: names this activation. */
  readonly step: number;
} & (
    | {
        readonly kind: "upcall";
        readonly entry: number;
        readonly cause: number;
        readonly value: number;
        readonly entryPc: number;
      }
    | {
        readonly kind: "transfer";
        readonly synchronous: boolean;
        readonly caller: number;
        readonly entryPc: number;
      }
    | { readonly kind: "waiting"; readonly callee: number }
  );

/** More than this many in one environment means a handler that never returns; the oldest are forgotten. */
const ACTIVATIONS_MAX = 256;
const STACK_POINTER = 2;

/** All records at one moment, as a snapshot keeps them. */
export interface SavedActivations {
  readonly stacks: ReadonlyMap<number, readonly Activation[]>;
  readonly parked: ReadonlyMap<number, SavedRegisters>;
}

export class ActivationLog {
  #stacks = new Map<number, Activation[]>();
  #parked = new Map<number, SavedRegisters>();

  save(): SavedActivations {
    return {
      stacks: new Map(Array.from(this.#stacks, ([index, stack]) => [index, [...stack]])),
      parked: new Map(this.#parked),
    };
  }

  load({ stacks, parked }: SavedActivations): void {
    this.#stacks = new Map(Array.from(stacks, ([index, stack]) => [index, [...stack]]));
    this.#parked = new Map(parked);
  }

  /** Activations of an environment, innermost last. */
  of(index: number): readonly Activation[] {
    return this.#stacks.get(index) ?? [];
  }

  push(index: number, activation: Activation): void {
    const stack = this.#stacks.get(index) ?? [];
    if (stack.length >= ACTIVATIONS_MAX) stack.shift();
    stack.push(activation);
    this.#stacks.set(index, stack);
  }

  /** A `uret` of the environment resumed (pc, sp): what waited there has been resumed, and all above it is gone. */
  resumed(index: number, pc: number, stackPointer: number): void {
    const stack = this.#stacks.get(index);
    if (stack === undefined) return;
    for (let i = stack.length - 1; i >= 0; i -= 1) {
      const activation = stack[i];
      const sp = activation.registers[STACK_POINTER];
      const resumes =
        activation.kind === "waiting"
          ? activation.pc + 4 === pc && sp === stackPointer
          : activation.kind === "upcall" && sp === stackPointer && resumesAt(activation, pc);
      if (resumes) {
        stack.length = i;
        return;
      }
    }
  }

  /** The transfer that `index` serves was answered: its activation and all above it are gone. */
  replied(index: number): void {
    const stack = this.#stacks.get(index);
    if (stack === undefined) return;
    for (let i = stack.length - 1; i >= 0; i -= 1) {
      if (stack[i].kind === "transfer") {
        stack.length = i;
        return;
      }
    }
  }

  /** Registers with which an environment gave up its context, for showing where it stands. */
  park(index: number, registers: SavedRegisters): void {
    this.#parked.set(index, registers);
  }

  parked(index: number): SavedRegisters | undefined {
    return this.#parked.get(index);
  }

  forget(index: number): void {
    this.#stacks.delete(index);
    this.#parked.delete(index);
  }
}

/** A handler may return to the interrupted instruction or, having completed it, past it (2 or 4 bytes). */
function resumesAt(activation: Activation, pc: number): boolean {
  const distance = (pc - activation.pc) >>> 0;
  return distance === 0 || distance === 2 || distance === 4;
}
