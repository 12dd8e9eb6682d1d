/**
 * Visible revocation and the abort protocol [Engler95, Visible Resource Revocation; The Abort Protocol]: the kernel asks, insists
 * with a deadline, then breaks bindings by force and records each loss. What is taken back is the libOS's choice until force;
 * never taken is what is guaranteed. Which rule applies when is in `policy.ts`, and each step of the dialogue is an event.
 */
import { ENTRIES, KINDS } from "./abi.ts";
import { removeTree } from "./capability.ts";
import type { Core } from "./core.ts";
import { freeSectors } from "./extents.ts";
import { freeCount } from "./frames.ts";
import { holdings, optimistic, type Revocable, revocableOf } from "./holdings.ts";
import { HEADER, REVOCATION_STAGE } from "./layout.ts";
import { victimsOf, whomToAsk } from "./policy.ts";
import type { CapabilityRef } from "./records.ts";
import {
  askable,
  type Candidate,
  NOTHING,
  type Request,
  refreshDeadline,
  requestOf,
  requestsOf,
  setRequest,
} from "./requests.ts";
import { saveContents } from "./save-place.ts";
import { takeable } from "./takeable.ts";
import { setPending } from "./upcall.ts";

/** How much of a kind nobody has. */
export function freeOf(core: Core, kind: Revocable): number {
  if (kind === "page") return freeCount(core);
  if (kind === "extent") return freeSectors(core);
  let free = 0;
  for (let position = 0; position < 64; position += 1) {
    if (core.records.sliceOwner(position) === 0) free += 1;
  }
  return free;
}

/**
 * A kind of resource has run short: `wanted` units more are needed by environment index `by`. Who gives them is the arbiter's
 * choice, or the default rule's. What others owe already is not asked for twice.
 */
export function declareShortage(core: Core, kind: Revocable, wanted: number, by: number): void {
  const { records, policy } = core;
  if (policy.revocationStep === 0) return;
  const step = kind === "page" ? policy.revocationStep : 1;
  const owed = [...askable(core)].reduce(
    (sum, index) => sum + requestOf(core, index, kind).owed,
    0,
  );
  const count = Math.max(wanted, step) - owed;
  if (count <= 0 || records.header(HEADER.arbiterKind) === KINDS[kind]) return;
  core.emit({ kind: "shortage", resourceKind: KINDS[kind], free: freeOf(core, kind), wanted }, by);
  const arbiter = records.header(HEADER.arbiter);
  const canChoose = arbiter !== 0 && records.entry(arbiter, ENTRIES.arbiter.number) !== 0;
  if (!canChoose || records.header(HEADER.arbiterKind) !== 0) {
    askByRule(core, kind, count);
    return;
  }
  const deadline = core.machine.steps + policy.arbiterSteps;
  records.setHeader(HEADER.arbiterKind, KINDS[kind]);
  records.setHeader(HEADER.arbiterCount, count);
  records.setLong(HEADER.arbiterDeadline, deadline);
  refreshDeadline(core);
  core.emit(
    {
      kind: "arbiterAsked",
      arbiter: records.idOf(arbiter),
      resourceKind: KINDS[kind],
      count,
      deadline,
    },
    0,
  );
  setPending(core, arbiter, "arbiter");
}

/** Everyone who holds more of a kind than is guaranteed and asked for already. */
export function candidatesFor(core: Core, kind: Revocable): Candidate[] {
  const candidates: Candidate[] = [];
  const held = holdings(core, kind);
  for (const index of askable(core)) {
    const available =
      optimistic(core, index, kind, held.get(index) ?? 0) - requestOf(core, index, kind).owed;
    if (available > 0) candidates.push({ index, id: core.records.idOf(index), available });
  }
  return candidates;
}

function askByRule(core: Core, kind: Revocable, count: number): void {
  const candidates = candidatesFor(core, kind);
  let left = count;
  for (const { index, available } of whomToAsk(candidates)) {
    if (left <= 0) break;
    const share = Math.min(left, available);
    ask(core, index, kind, share, { by: 0, rule: "most above its guarantee", candidates });
    left -= share;
  }
  if (left > 0) core.emit({ kind: "unmet", resourceKind: KINDS[kind], count: left }, 0);
}

/** Why one is asked: by whom (an id; 0 is the kernel), by which rule, and who else could have been. */
export interface Reason {
  readonly by: number;
  readonly rule: string;
  readonly candidates: readonly Candidate[];
}

/** Asks an environment for `count` units; what it is asked for already is added to. */
export function ask(
  core: Core,
  index: number,
  kind: Revocable,
  count: number,
  { by, rule, candidates }: Reason,
): void {
  const { records, policy, machine } = core;
  const before = requestOf(core, index, kind);
  // A request that grows is a new one: for what is added there is as much time as for any other.
  const deadline = machine.steps + policy.askSteps;
  const stage = REVOCATION_STAGE.asked;
  setRequest(core, index, { kind, owed: before.owed + count, stage, deadline, by });
  core.emit({
    kind: "asked",
    target: records.idOf(index),
    resourceKind: KINDS[kind],
    count,
    owed: before.owed + count,
    deadline,
    rule,
    candidates: candidates.map(({ id, available }) => ({ id, available })),
  });
  setPending(core, index, "revocation");
}

/** The arbiter's answer: `count` units are asked of environment index `target`. */
export function choose(core: Core, target: number, count: number): void {
  const { records } = core;
  const kind = revocableOf(records.header(HEADER.arbiterKind));
  if (kind === undefined) throw new Error("assertion failed: the arbiter is asked nothing");
  const candidates = candidatesFor(core, kind);
  const left = records.header(HEADER.arbiterCount) - count;
  records.setHeader(HEADER.arbiterCount, Math.max(0, left));
  if (left <= 0) records.setHeader(HEADER.arbiterKind, 0);
  const by = records.idOf(records.header(HEADER.arbiter));
  ask(core, target, kind, count, { by, rule: "the arbiter's choice", candidates });
}

/** The arbiter is gone, or another: the default rule answers what it was asked. */
export function setArbiter(core: Core, index: number): void {
  settleQuestion(core, "arbiter changed");
  core.records.setHeader(HEADER.arbiter, index);
}

function settleQuestion(core: Core, because: string): void {
  const { records } = core;
  const kind = revocableOf(records.header(HEADER.arbiterKind));
  if (kind === undefined) return;
  const count = records.header(HEADER.arbiterCount);
  records.setHeader(HEADER.arbiterKind, 0);
  refreshDeadline(core);
  core.emit({ kind: "arbiterLate", resourceKind: KINDS[kind], count, because }, 0);
  askByRule(core, kind, count);
}

/** Does what is due by now: the arbiter's time is over, a request becomes an order, an order is carried out. */
export function actOnDeadlines(core: Core): boolean {
  const { records, machine } = core;
  if (machine.steps < records.long(HEADER.nextDeadline)) return false;
  if (
    records.header(HEADER.arbiterKind) !== 0 &&
    machine.steps >= records.long(HEADER.arbiterDeadline)
  ) {
    settleQuestion(core, "its deadline passed");
  }
  for (const index of [...askable(core)]) {
    for (const request of requestsOf(core, index)) {
      if (machine.steps < request.deadline) continue;
      // A planned power failure came before something was saved.
      if (machine.isPowerOff) return true;
      if (request.stage === REVOCATION_STAGE.asked) insist(core, index, request);
      else force(core, index, request);
    }
  }
  refreshDeadline(core);
  return true;
}

function insist(core: Core, index: number, request: Request): void {
  const deadline = core.machine.steps + core.policy.insistSteps;
  setRequest(core, index, { ...request, stage: REVOCATION_STAGE.insisted, deadline });
  const { kind, owed } = request;
  const target = core.records.idOf(index);
  core.emit({ kind: "insisted", target, resourceKind: KINDS[kind], owed, deadline }, 0);
  setPending(core, index, "revocation");
}

function force(core: Core, index: number, { kind, owed }: Request): void {
  // What is owed is settled now, by what can be taken: nothing is owed for what is guaranteed.
  setRequest(core, index, { kind, ...NOTHING });
  const limit = Math.min(owed, optimistic(core, index, kind));
  let taken = 0;
  for (const victim of victimsOf(takeable(core, index, kind), limit)) {
    take(core, index, victim.ref);
    if (core.machine.isPowerOff) return;
    taken += victim.units;
  }
  const target = core.records.idOf(index);
  core.emit({ kind: "repossessed", target, resourceKind: KINDS[kind], owed, taken }, 0);
}

function take(core: Core, index: number, ref: CapabilityRef): void {
  const saved = saveContents(core, index, ref);
  if (core.machine.isPowerOff) return;
  core.saving = { ref, saved };
  const where =
    core.saving.saved === 0 ? "" : `; saved in sector ${core.saving.saved - 1} of its extent`;
  removeTree(core, ref, "kernel", `it was taken by force${where}`);
  core.saving = undefined;
}
