import {
  type Condition,
  type ConditionState,
  evaluateCondition,
  isSameCondition,
} from "./condition.ts";

/** A breakpoint of one address space. Without a condition it always stops; with one where that is true, or has no answer. */
export interface Breakpoint {
  readonly asid: number;
  readonly condition: Condition | undefined;
}

/**
 * The addresses at which a run stops, each in one address space. They belong to whoever debugs the machine, not to the
 * machine: snapshots and hashes don't cover them, and a run with breakpoints retires the same instructions as one without.
 */
export class Breakpoints {
  /** Called when something else stops at `address`, or nothing any more. */
  onChange: (address: number) => void = () => {};
  onMuted: (isMuted: boolean) => void = () => {};
  #isMuted = false;
  readonly #byAddress = new Map<number, readonly Breakpoint[]>();

  /** While true none stops: for executing again what is known. */
  get isMuted(): boolean {
    return this.#isMuted;
  }

  set isMuted(isMuted: boolean) {
    this.#isMuted = isMuted;
    this.onMuted(isMuted);
  }

  /** It replaces the one that this address space had there. */
  set(asid: number, address: number, condition?: Condition): void {
    const before = this.#of(asid, address);
    if (before !== undefined && isSameCondition(before.condition, condition)) return;
    this.#replace(asid, address, [{ asid, condition }]);
  }

  clear(asid: number, address: number): void {
    if (this.#of(asid, address) !== undefined) this.#replace(asid, address, []);
  }

  has(asid: number, address: number): boolean {
    return !this.#isMuted && this.#of(asid, address) !== undefined;
  }

  /** Whether a run of `asid` stops at `address`, where the machine is in `state`. */
  stops(asid: number, address: number, state: ConditionState): boolean {
    if (this.#isMuted) return false;
    const found = this.#of(asid, address);
    if (found?.condition === undefined) return found !== undefined;
    return evaluateCondition(found.condition, state) !== 0;
  }

  /** Whether any address space has a breakpoint at `address`. */
  hasAddress(address: number): boolean {
    return this.#byAddress.has(address >>> 0);
  }

  /** Whether any address space has a breakpoint in a page. */
  isInPage(vpn: number): boolean {
    for (const address of this.#byAddress.keys()) if (address >>> 12 === vpn) return true;
    return false;
  }

  /** The breakpoints at `address`, one of an address space at most. */
  at(address: number): readonly Breakpoint[] {
    return this.#byAddress.get(address >>> 0) ?? NONE;
  }

  clearAll(): void {
    const addresses = [...this.#byAddress.keys()];
    this.#byAddress.clear();
    for (const address of addresses) this.onChange(address);
  }

  #of(asid: number, address: number): Breakpoint | undefined {
    return this.at(address).find((each) => each.asid === asid);
  }

  #replace(asid: number, address: number, by: readonly Breakpoint[]): void {
    const at = address >>> 0;
    const there = [...this.at(at).filter((each) => each.asid !== asid), ...by];
    if (there.length === 0) this.#byAddress.delete(at);
    else this.#byAddress.set(at, there);
    this.onChange(at);
  }
}

const NONE: readonly Breakpoint[] = [];
