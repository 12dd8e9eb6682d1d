/**
 * How much an environment holds, and what is promised to it: quotas, the guaranteed minimum, what of its holdings may be
 * taken back (EXOKERNEL rows 15, 41, 88). Nemesis called what lies above the guarantee optimistic; so do we.
 */
import { KINDS, LIMITS } from "./abi.ts";
import type { Core } from "./core.ts";
import { extentsOf } from "./extents.ts";
import { freeCount } from "./frames.ts";
import { ENV, HEADER, LAUNCHER_INDEX } from "./layout.ts";
import { indexOfId, refIndex } from "./records.ts";

/** Kinds of resource that can run short and be taken back. */
export const REVOCABLE = ["page", "slice", "extent"] as const;
export type Revocable = (typeof REVOCABLE)[number];

export const revocableOf = (number: number): Revocable | undefined =>
  REVOCABLE.find((kind) => KINDS[kind] === number);

/** Units in which a kind is counted: an extent by its sectors. */
export const UNITS: Readonly<Record<Revocable, string>> = {
  page: "page",
  slice: "slice",
  extent: "sector",
};

/** Pages that an environment answers for: its own, and the kernel's for its tables. */
export function charge(core: Core, index: number): number {
  return core.records.counter(index, "pages") + core.records.counter(index, "kernelPages");
}

/** The most pages that it may be charged with; Infinity without a quota. */
export function quotaOf(core: Core, index: number): number {
  const quota = core.records.env(index, ENV.quota);
  return quota === 0 ? Number.POSITIVE_INFINITY : quota;
}

/** How many pages must stay free for guarantees that are not used up, if `index` were charged with `more` of them. */
export function promised(core: Core, index = 0, more = 0): number {
  const { records } = core;
  let left = records.header(HEADER.guaranteedSum);
  let sum = 0;
  for (let other = 1; left !== 0 && other < LIMITS.environments; other += 1) {
    if (!records.isLive(other)) continue;
    const minimum = records.env(other, ENV.minimum);
    if (minimum === 0) continue;
    left -= minimum;
    sum += Math.max(0, minimum - charge(core, other) - (other === index ? more : 0));
  }
  return sum;
}

/** Whether `own` pages for an environment, and `others` beside them, can be taken without touching what is promised. */
export function hasPages(core: Core, index: number, own: number, others = 0): boolean {
  return own + others === 0 || freeCount(core) - own - others >= promised(core, index, own);
}

/** Sets what is guaranteed to an environment, in pages. */
export function setMinimum(core: Core, index: number, pages: number): void {
  const { records } = core;
  const sum = records.header(HEADER.guaranteedSum) - records.env(index, ENV.minimum) + pages;
  records.setHeader(HEADER.guaranteedSum, sum);
  records.setEnv(index, ENV.minimum, pages);
}

/** A new environment of one with a quota gets of that what its table takes; of one without, none either. */
export function startQuota(core: Core, creator: number, index: number): void {
  const { records } = core;
  const quota = records.env(creator, ENV.quota);
  if (quota === 0) return;
  records.setEnv(creator, ENV.quota, quota - 1);
  records.setEnv(index, ENV.quota, 1);
}

/** What a destroyed environment was allowed goes back to the one that made it, if that has a quota too. */
export function returnQuota(core: Core, index: number): void {
  const { records } = core;
  const parent = records.indexOf(records.env(index, ENV.parent));
  const quota = records.env(index, ENV.quota);
  records.setEnv(index, ENV.quota, 0);
  if (parent === undefined || records.env(parent, ENV.quota) === 0) return;
  records.setEnv(parent, ENV.quota, records.env(parent, ENV.quota) + quota);
}

/** What each environment that holds any of a kind holds of it, in its unit, by index: in one pass over the records. */
export function holdings(core: Core, kind: Revocable): ReadonlyMap<number, number> {
  const { records } = core;
  const held = new Map<number, number>();
  const add = (index: number, count: number) => held.set(index, (held.get(index) ?? 0) + count);
  if (kind === "page") {
    for (let index = 1; index < LIMITS.environments; index += 1) {
      if (records.isLive(index)) add(index, charge(core, index));
    }
  } else if (kind === "slice") {
    for (let position = 0; position < LIMITS.sliceVector; position += 1) {
      const owner = records.sliceOwner(position);
      if (owner !== 0) add(indexOfId(owner), 1);
    }
  } else {
    for (const { capability, count } of extentsOf(core)) add(refIndex(capability), count);
  }
  return held;
}

/** What one environment holds of a kind. */
export function holding(core: Core, index: number, kind: Revocable): number {
  return kind === "page" ? charge(core, index) : (holdings(core, kind).get(index) ?? 0);
}

/**
 * What may be taken of it, in the kind's unit: what lies above the guarantee. A slice is left to whoever has one, so that it can
 * answer. The launcher is not asked: every program's text is its.
 */
export function optimistic(
  core: Core,
  index: number,
  kind: Revocable,
  held = holding(core, index, kind),
): number {
  if (index === LAUNCHER_INDEX) return 0;
  const { records } = core;
  if (kind === "slice") return Math.max(0, held - 1);
  if (kind === "extent") return held;
  return Math.min(
    records.counter(index, "pages"),
    Math.max(0, held - records.env(index, ENV.minimum)),
  );
}
