/**
 * What an environment is asked to give back, in its record: how many, at which stage of the dialogue, by when (`revocation.ts`
 * is the dialogue).
 */
import { KINDS, LIMITS } from "./abi.ts";
import type { Core } from "./core.ts";
import { REVOCABLE, type Revocable } from "./holdings.ts";
import { ENV, HEADER, LAUNCHER_INDEX, REVOCATION, REVOCATION_STAGE } from "./layout.ts";
import { NEVER } from "./records.ts";

/** One who could be asked, and for how much above its guarantee. */
export interface Candidate {
  readonly index: number;
  readonly id: number;
  readonly available: number;
}

/** What an environment is asked for, of one kind. Steps are absolute. */
export interface Request {
  readonly kind: Revocable;
  readonly owed: number;
  readonly stage: number;
  readonly deadline: number;
  /** Id of who asks; 0 is the kernel. */
  readonly by: number;
}

const fieldAt = (kind: Revocable, field: number): number =>
  ENV.revocations + REVOCABLE.indexOf(kind) * REVOCATION.bytes + field;

export function requestOf(core: Core, index: number, kind: Revocable): Request {
  const { records } = core;
  return {
    kind,
    owed: records.env(index, fieldAt(kind, REVOCATION.owed)),
    stage: records.env(index, fieldAt(kind, REVOCATION.stage)),
    deadline: records.long(records.envAddress(index, fieldAt(kind, REVOCATION.deadline))),
    by: records.env(index, fieldAt(kind, REVOCATION.by)),
  };
}

/** What an environment is asked for, kind by kind. */
export function requestsOf(core: Core, index: number): Request[] {
  return REVOCABLE.map((kind) => requestOf(core, index, kind)).filter(({ owed }) => owed > 0);
}

/** The first of them in one word, as the upcall tells it: kind << 24 | how many. */
export function requestWord(core: Core, index: number): number {
  const [first] = requestsOf(core, index);
  return first === undefined ? 0 : (KINDS[first.kind] << 24) | Math.min(first.owed, 0xff_ffff);
}

export function setRequest(core: Core, index: number, request: Request): void {
  const { records } = core;
  const { kind } = request;
  records.setEnv(index, fieldAt(kind, REVOCATION.owed), request.owed);
  records.setEnv(index, fieldAt(kind, REVOCATION.stage), request.stage);
  records.setEnv(index, fieldAt(kind, REVOCATION.by), request.by);
  const address = records.envAddress(index, fieldAt(kind, REVOCATION.deadline));
  records.setLong(address, request.deadline);
  refreshDeadline(core);
}

/** Nothing is owed. */
export const NOTHING = { owed: 0, stage: REVOCATION_STAGE.none, deadline: 0, by: 0 } as const;

/** Forgets what an environment was asked for: it is about to be destroyed. */
export function forgetRequests(core: Core, index: number): void {
  for (const { kind } of requestsOf(core, index)) setRequest(core, index, { kind, ...NOTHING });
}

/** The next step at which something is due, kept in the header so that a run looks at two words only. */
export function refreshDeadline(core: Core): void {
  const { records } = core;
  let next =
    records.header(HEADER.arbiterKind) === 0 ? NEVER : records.long(HEADER.arbiterDeadline);
  for (const index of askable(core)) {
    for (const { deadline } of requestsOf(core, index)) next = Math.min(next, deadline);
  }
  records.setLong(HEADER.nextDeadline, next);
}

/** Everyone who can be asked: all that live but the launcher. */
export function* askable(core: Core): Generator<number> {
  for (let index = LAUNCHER_INDEX + 1; index < LIMITS.environments; index += 1) {
    if (core.records.isLive(index)) yield index;
  }
}

/** An environment has given `count` units back, or lost them: it owes so much less. */
export function gaveBack(core: Core, index: number, kind: Revocable, count: number): void {
  const request = requestOf(core, index, kind);
  if (request.owed === 0) return;
  const owed = Math.max(0, request.owed - count);
  setRequest(core, index, owed === 0 ? { kind, ...NOTHING } : { ...request, owed });
  if (owed > 0) return;
  const target = core.records.idOf(index);
  core.emit({ kind: "complied", target, resourceKind: KINDS[kind], stage: request.stage }, index);
}
