/**
 * What each environment is called and runs at each moment of the history. It follows from the run's events: who was launched, who was
 * created by whom, and who has published which image. So going back shows what was then, on every branch.
 */
import type { Branch } from "#exokernel";
import type { LoadedImage } from "./loaded-image.ts";

export interface EnvironmentInfo {
  readonly id: number;
  readonly name: string;
  readonly image: LoadedImage | undefined;
  /** The path that it has published; the image need not be at hand. */
  readonly path?: string;
}

interface Fact {
  /** Number of the event that made it so. */
  readonly event: number;
  readonly info: EnvironmentInfo;
}

/** What has become so on one branch. */
class BranchFacts {
  /** Those of one environment, oldest first. */
  readonly byEnvironment = new Map<number, Fact[]>();
  readonly #byEvent = new Map<number, number>();

  add(fact: Fact): void {
    const { id } = fact.info;
    const facts = this.byEnvironment.get(id) ?? [];
    this.byEnvironment.set(id, facts);
    let at = facts.length;
    while (at > 0 && (facts[at - 1]?.event ?? 0) > fact.event) at -= 1;
    facts.splice(at, 0, fact);
    this.#byEvent.set(fact.event, id);
  }

  /** What was found out of an event that was then forgotten and has come differently. */
  forget(event: number): void {
    const id = this.#byEvent.get(event);
    if (id === undefined) return;
    this.#byEvent.delete(event);
    const facts = this.byEnvironment.get(id) ?? [];
    const left = facts.filter((fact) => fact.event !== event);
    if (left.length === 0) this.byEnvironment.delete(id);
    else this.byEnvironment.set(id, left);
  }
}

export class Identities {
  /** Of the first boot, before the history begins. */
  readonly #launched = new Map<number, EnvironmentInfo>();
  readonly #facts = new WeakMap<Branch, BranchFacts>();

  launched(info: EnvironmentInfo): void {
    this.#launched.set(info.id, info);
  }

  /** An event of a branch has come: what is known of one with this number is replaced. */
  passed(branch: Branch, event: number, info?: EnvironmentInfo): void {
    let facts = this.#facts.get(branch);
    facts?.forget(event);
    if (info === undefined) return;
    facts ??= new BranchFacts();
    facts.add({ event, info });
    this.#facts.set(branch, facts);
  }

  /** What was so of an environment on a branch before its event of this number. */
  of(id: number, branch: Branch, event: number): EnvironmentInfo | undefined {
    for (const { facts, until } of this.#line(branch, event)) {
      const last = lastBefore(facts.byEnvironment.get(id) ?? [], until);
      if (last !== undefined) return last.info;
    }
    return this.#launched.get(id);
  }

  /** What an environment was when it began. */
  origin(id: number, branch: Branch, event: number): EnvironmentInfo | undefined {
    const first = this.#launched.get(id);
    if (first !== undefined) return first;
    const oldest = [...this.#line(branch, event)].reverse();
    const facts = oldest.map(({ facts }) => facts.byEnvironment.get(id)?.[0]?.info);
    return facts.find((info) => info !== undefined);
  }

  /** Every environment that there was until then, and what was so of it last; the oldest first. */
  all(branch: Branch, event: number): EnvironmentInfo[] {
    const found = new Map(this.#launched);
    for (const { facts, until } of [...this.#line(branch, event)].reverse()) {
      for (const [id, list] of facts.byEnvironment) {
        const last = lastBefore(list, until);
        if (last !== undefined) found.set(id, last.info);
      }
    }
    return [...found.values()];
  }

  /** From a branch to the one at the begin, each with the event before which it counts. */
  *#line(branch: Branch, event: number): Generator<{ facts: BranchFacts; until: number }> {
    let until = event;
    for (let each: Branch | undefined = branch; each !== undefined; each = each.parent) {
      const facts = this.#facts.get(each);
      if (facts !== undefined) yield { facts, until };
      until = Math.min(until, each.fork.event);
    }
  }
}

function lastBefore(facts: readonly Fact[], event: number): Fact | undefined {
  let at = facts.length - 1;
  while (at >= 0 && (facts[at]?.event ?? 0) >= event) at -= 1;
  return facts[at];
}
