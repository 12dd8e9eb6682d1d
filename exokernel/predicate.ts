/**
 * Wake-up predicates [Kaashoek97, Xok: sum-of-products over memory words]: what a sleeper waits for, checked whenever the
 * kernel looks for someone to run. A predicate reads words of pages that its owner showed READ for, and the clock; it runs no
 * code, so that it ends and changes nothing.
 */
import { LIMITS, RELATIONS, RIGHTS, TERM_OR } from "./abi.ts";
import { type Capability, capabilityAt } from "./capability.ts";
import { type Core, hex } from "./core.ts";
import { ENV, ENV_STATE, TERM } from "./layout.ts";
import { NEVER } from "./records.ts";

/** One comparison. Terms are joined by *and*; one that `begins` starts another product, and products are joined by *or*. */
export interface Term {
  /** The capability of the page whose word is compared; undefined is the clock, in steps. */
  readonly page: Capability | undefined;
  readonly offset: number;
  readonly relation: number;
  readonly begins: boolean;
  readonly value: number;
  /** The upper word of what the clock is compared with. */
  readonly high: number;
}

/** What a predicate comes to now: nothing yet, the number of the first product that holds (from 1), or a page is lost. */
export const WAITS = 0;
export const LOST = -1;

const fieldAt = (term: number, field: number): number => ENV.predicate + term * TERM.bytes + field;

/** Copies a predicate into an environment's record. */
export function setPredicate(core: Core, index: number, terms: readonly Term[]): void {
  const set = (i: number, field: number, value: number) =>
    core.records.setEnv(index, fieldAt(i, field), value);
  for (const [i, term] of terms.entries()) {
    set(i, TERM.capability, term.page?.ref ?? 0);
    set(i, TERM.step, term.page?.step ?? 0);
    set(i, TERM.where, term.offset | (term.relation << 16) | (term.begins ? TERM_OR : 0));
    set(i, TERM.value, term.value);
    set(i, TERM.high, term.high);
  }
  core.records.setEnv(index, ENV.predicateCount, terms.length);
  core.records.setEnv(index, ENV.predicateFired, 0);
}

export function predicateLength(core: Core, index: number): number {
  return Math.min(core.records.env(index, ENV.predicateCount), LIMITS.terms);
}

/** Whether an environment sleeps on a predicate that has come to something. */
export function isWokenByPredicate(core: Core, index: number): boolean {
  return core.records.envState(index) === ENV_STATE.sleeping && outcome(core, index) !== WAITS;
}

/** Evaluates the predicate of an environment; WAITS without one. */
export function outcome(core: Core, index: number): number {
  const count = predicateLength(core, index);
  let product = 1;
  let holds = true;
  let found = WAITS;
  for (let i = 0; i < count; i += 1) {
    if (i > 0 && (core.records.env(index, fieldAt(i, TERM.where)) & TERM_OR) !== 0) {
      if (holds && found === WAITS) found = product;
      product += 1;
      holds = true;
    }
    const value = evaluate(core, index, i);
    if (value === undefined) return LOST;
    holds &&= value;
  }
  return count > 0 && holds && found === WAITS ? product : found;
}

/** Undefined when the page was lost. */
function evaluate(core: Core, index: number, i: number): boolean | undefined {
  const { records } = core;
  const word = (field: number) => records.env(index, fieldAt(i, field));
  const where = word(TERM.where);
  const relation = (where >>> 16) & 0xff;
  const value = word(TERM.value);
  if (word(TERM.capability) === 0) {
    return compare(relation, core.machine.steps, value + word(TERM.high) * 2 ** 32);
  }
  const page = capabilityAt(core, word(TERM.capability));
  const stands =
    page?.kind === "page" && page.step === word(TERM.step) && (page.rights & RIGHTS.READ) !== 0;
  if (!stands) return undefined;
  return compare(relation, records.word(page.resource * 4096 + (where & 0xfff)), value);
}

function compare(relation: number, left: number, right: number): boolean {
  switch (relation) {
    case RELATIONS.equal:
      return left === right;
    case RELATIONS.notEqual:
      return left !== right;
    case RELATIONS.below:
      return left < right;
    case RELATIONS.atLeast:
      return left >= right;
    case RELATIONS.anyBit:
      return (left & right) !== 0;
    default:
      return (left & right) === 0;
  }
}

const SIGNS = ["=", "is not", "<", ">=", "has a bit of", "has no bit of"];

/** What a sleeper waits for, for people: one text for each product. Empty when it sleeps on no predicate. */
export function predicateTexts(core: Core, index: number): string[] {
  if (core.records.envState(index) !== ENV_STATE.sleeping) return [];
  const products: string[][] = [];
  for (let i = 0; i < predicateLength(core, index); i += 1) {
    const word = (field: number) => core.records.env(index, fieldAt(i, field));
    const where = word(TERM.where);
    if (i === 0 || (where & TERM_OR) !== 0) products.push([]);
    const page = capabilityAt(core, word(TERM.capability));
    const isClock = word(TERM.capability) === 0;
    const value = word(TERM.value) + (isClock ? word(TERM.high) * 2 ** 32 : 0);
    const what = isClock
      ? "the clock"
      : `the word at ${hex(where & 0xfff)} of page ${page === undefined ? "(lost)" : hex(page.resource)}`;
    products.at(-1)?.push(`${what} ${SIGNS[(where >>> 16) & 0xff]} ${value}`);
  }
  return products.map((terms) => terms.join(" and "));
}

/** The capabilities of the pages that a sleeper's predicate reads, each once. */
export function predicateCapabilities(core: Core, index: number): number[] {
  if (core.records.envState(index) !== ENV_STATE.sleeping) return [];
  const refs = Array.from({ length: predicateLength(core, index) }, (_, i) =>
    core.records.env(index, fieldAt(i, TERM.capability)),
  );
  return [...new Set(refs)].filter((ref) => ref !== 0);
}

/** The next step at which the clock changes what a sleeper's predicate comes to; `NEVER` when none waits for it. */
export function nextClock(core: Core): number {
  let next = NEVER;
  for (let index = 1; index < LIMITS.environments; index += 1) {
    if (!core.records.isLive(index) || core.records.envState(index) !== ENV_STATE.sleeping)
      continue;
    for (let i = 0; i < predicateLength(core, index); i += 1) {
      if (core.records.env(index, fieldAt(i, TERM.capability)) !== 0) continue;
      const at = core.records.long(core.records.envAddress(index, fieldAt(i, TERM.value)));
      // At the step itself and after it: both relations of order, and equality, change there.
      for (const step of [at, at + 1]) if (step > core.machine.steps) next = Math.min(next, step);
    }
  }
  return next;
}
