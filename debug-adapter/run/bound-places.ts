/**
 * Where a run stops, by environment. The machine knows breakpoints by the index of an environment; who lives there and which image it
 * runs changes all the time, and going back changes it at once.
 */
import type { Condition } from "#emulator";
import { indexOfId } from "#exokernel";
import type { Debuggee } from "../debuggee.ts";
import type { EnvironmentInfo } from "../identities.ts";

/** An address in one environment. */
export interface Place {
  readonly environment: number;
  readonly pc: number;
}

export const placeKey = (place: Place): string => `${place.environment}:${place.pc}`;

/** At which addresses of an environment a run is to stop. It is asked again when the environment runs another image. */
export type Addresses = (environment: EnvironmentInfo) => Iterable<number>;

/** The condition on which the machine stops at one of the user's places; undefined: it always does. */
export type ConditionAt = (environment: EnvironmentInfo, pc: number) => Condition | undefined;

/** The user's breakpoints, the places where a libOS gives up, and what the run or review under way asks for. */
const PURPOSES = ["user", "lastWords", "asked"] as const;
type Purpose = (typeof PURPOSES)[number];

/** A live environment and where a run stops in it. */
type Bound = {
  readonly info: EnvironmentInfo;
  /** Of the user's places, those that have one. */
  readonly conditions: ReadonlyMap<number, Condition>;
} & Readonly<Record<Purpose, ReadonlySet<number>>>;

export const NOWHERE: Addresses = () => [];
const NO_ADDRESSES: ReadonlySet<number> = new Set();
const NO_CONDITIONS: ReadonlyMap<number, Condition> = new Map();

export class BoundPlaces {
  readonly #debuggee: Debuggee;
  #conditionAt: ConditionAt = () => undefined;
  readonly #wanted = { user: NOWHERE, lastWords: NOWHERE, asked: NOWHERE };
  /** The environments that live just now, by index. */
  readonly #bound = new Map<number, Bound>();

  constructor(debuggee: Debuggee) {
    this.#debuggee = debuggee;
    this.bindAll();
  }

  /** Replaces what was wanted for a purpose before. */
  set(purpose: Purpose, addresses: Addresses): void {
    this.#wanted[purpose] = addresses;
    for (const { info } of [...this.#bound.values()]) this.#install(this.#boundOf(info));
  }

  /** As `set`, for the user's places, of which some have conditions. */
  setUser(addresses: Addresses, conditionAt: ConditionAt = () => undefined): void {
    this.#conditionAt = conditionAt;
    this.set("user", addresses);
  }

  /** Whether a place was given for a purpose, in the environment that lives there now. */
  has(purpose: Purpose, { environment, pc }: Place): boolean {
    const bound = this.#bound.get(indexOfId(environment));
    return bound?.info.id === environment && bound[purpose].has(pc);
  }

  /** Asks for these places instead of those asked for before. */
  ask(places: readonly Place[] | Addresses): void {
    if (typeof places !== "function" && places.length === 0 && this.#wanted.asked === NOWHERE)
      return;
    this.#wanted.asked = addressesOf(places);
    for (const bound of [...this.#bound.values()]) {
      const asked = setOf(this.#wanted.asked(bound.info));
      if (asked.size > 0 || bound.asked.size > 0) this.#install({ ...bound, asked });
    }
  }

  /** After a jump: others may live, or run other images. */
  bindAll(): void {
    const living = new Set(this.#debuggee.view.ids());
    for (const { info } of [...this.#bound.values()])
      if (!living.has(info.id)) this.#unbind(info.id);
    for (const id of living) this.bind(id);
  }

  /** An environment has begun, or may run another image. */
  bind(id: number): void {
    if (!this.#debuggee.view.isLive(id)) {
      this.#unbind(id);
      return;
    }
    const info = this.#debuggee.environment(id);
    const before = this.#bound.get(indexOfId(id))?.info;
    const isSame = before?.id === id && before.image === info.image && before.name === info.name;
    if (!isSame) this.#install(this.#boundOf(info));
  }

  #boundOf(info: EnvironmentInfo): Bound {
    const user = setOf(this.#wanted.user(info));
    const lastWords = setOf(this.#wanted.lastWords(info));
    const conditions = new Map<number, Condition>();
    for (const pc of user) {
      const condition = this.#conditionAt(info, pc);
      if (condition !== undefined) conditions.set(pc, condition);
    }
    return { info, user, conditions, lastWords, asked: setOf(this.#wanted.asked(info)) };
  }

  #unbind(id: number): void {
    const index = indexOfId(id);
    if (this.#bound.get(index)?.info.id !== id) return;
    const info = { id, name: "", image: undefined };
    this.#install({
      info,
      user: NO_ADDRESSES,
      conditions: NO_CONDITIONS,
      lastWords: NO_ADDRESSES,
      asked: NO_ADDRESSES,
    });
    this.#bound.delete(index);
  }

  /** Makes the machine stop at all that is wanted of an environment, and no more at what was before. */
  #install(bound: Bound): void {
    const { breakpoints } = this.#debuggee.kernel.machine;
    const index = indexOfId(bound.info.id);
    const before = this.#bound.get(index);
    for (const purpose of PURPOSES) {
      for (const pc of before?.[purpose] ?? []) {
        if (!PURPOSES.some((each) => bound[each].has(pc))) breakpoints.clear(index, pc);
      }
    }
    const set = (pc: number) => {
      const isNeeded = bound.lastWords.has(pc) || bound.asked.has(pc);
      breakpoints.set(index, pc, isNeeded ? undefined : bound.conditions.get(pc));
    };
    for (const purpose of PURPOSES) {
      if (bound[purpose] !== before?.[purpose]) bound[purpose].forEach(set);
    }
    // What was asked for may have been one of these.
    for (const pc of bound.conditions.keys()) set(pc);
    this.#bound.set(index, bound);
  }
}

const setOf = (addresses: Iterable<number>): ReadonlySet<number> => {
  const set = new Set(addresses);
  return set.size === 0 ? NO_ADDRESSES : set;
};

/** Places as addresses by environment. */
function addressesOf(places: readonly Place[] | Addresses): Addresses {
  if (typeof places === "function") return places;
  if (places.length === 0) return NOWHERE;
  const byEnvironment = new Map<number, number[]>();
  for (const { environment, pc } of places) {
    const known = byEnvironment.get(environment);
    if (known === undefined) byEnvironment.set(environment, [pc]);
    else known.push(pc);
  }
  return ({ id }) => byEnvironment.get(id) ?? [];
}
