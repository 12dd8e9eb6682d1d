/** Completions of disk requests that an environment has not taken yet: a ring in the kernel's pages for each of them. */
import { LIMITS } from "./abi.ts";
import type { Core } from "./core.ts";
import { COMPLETIONS } from "./layout.ts";

export interface Completion {
  readonly tag: number;
  /** 0, or the error of a request that did nothing. */
  readonly status: number;
}

export function completionCount(core: Core, index: number): number {
  return core.records.completions(index, COMPLETIONS.count);
}

/** Requests that the disk has accepted and not completed. */
export function inFlightCount(core: Core, index: number): number {
  return core.records.completions(index, COMPLETIONS.inFlight);
}

export function countInFlight(core: Core, index: number, by: number): void {
  core.records.setCompletions(index, COMPLETIONS.inFlight, inFlightCount(core, index) + by);
}

/** Whether the environment may make another request: every one has its place in the ring from the begin on. */
export function hasRoomForRequest(core: Core, index: number): boolean {
  return completionCount(core, index) + inFlightCount(core, index) < LIMITS.diskRequests;
}

const entryAt = (place: number): number =>
  COMPLETIONS.entries + (place % LIMITS.diskRequests) * COMPLETIONS.entryBytes;

export function addCompletion(core: Core, index: number, { tag, status }: Completion): void {
  const { records } = core;
  const count = completionCount(core, index);
  const at = entryAt(records.completions(index, COMPLETIONS.first) + count);
  records.setCompletions(index, at, tag);
  records.setCompletions(index, at + 4, status);
  records.setCompletions(index, COMPLETIONS.count, count + 1);
}

/** Takes the oldest; there must be one. */
export function takeCompletion(core: Core, index: number): Completion {
  const { records } = core;
  const first = records.completions(index, COMPLETIONS.first);
  const at = entryAt(first);
  const completion = {
    tag: records.completions(index, at),
    status: records.completions(index, at + 4) | 0,
  };
  records.setCompletions(index, at, 0);
  records.setCompletions(index, at + 4, 0);
  records.setCompletions(index, COMPLETIONS.first, (first + 1) % LIMITS.diskRequests);
  records.setCompletions(index, COMPLETIONS.count, completionCount(core, index) - 1);
  return completion;
}

/** The environment is gone: what was complete is dropped, and what is in flight is nobody's any more. */
export function forgetCompletions(core: Core, index: number): void {
  if (core.machine.disk === undefined) return;
  for (let field = 0; field < COMPLETIONS.bytes; field += 4) {
    core.records.setCompletions(index, field, 0);
  }
}
