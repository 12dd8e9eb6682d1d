/** The end of a sleep whose predicate reads a page that is lost (CONTRACT C45). */
import { ERRORS, LIMITS, type LossReason, REGISTERS, RIGHTS } from "./abi.ts";
import type { Core } from "./core.ts";
import { CAPABILITY, ENV, ENV_STATE, TERM } from "./layout.ts";
import type { CapabilityRef } from "./records.ts";

/** A holder loses a capability, or rights of it. If it sleeps on a predicate that reads by it, `EXO_E_CAP` is what it wakes with. */
export function noteLostTerm(
  core: Core,
  index: number,
  { ref }: { readonly ref: CapabilityRef },
  reason: LossReason,
): void {
  const { records } = core;
  if (records.envState(index) !== ENV_STATE.sleeping || !readsBy(core, index, ref)) return;
  const rights = (records.capability(ref, CAPABILITY.head) >>> 8) & 0xff;
  if (reason === "restricted" && (rights & RIGHTS.READ) !== 0) return;
  const result = ERRORS.CAP.code >>> 0;
  records.setEnv(index, ENV.predicateFired, result);
  if (records.env(index, ENV.hasContext) !== 0) {
    records.setWord(records.saveArea(index) + 4 * REGISTERS.firstArgument, result);
  }
  core.emit({ kind: "woken", product: 0 }, index);
}

function readsBy(core: Core, index: number, ref: CapabilityRef): boolean {
  const count = Math.min(core.records.env(index, ENV.predicateCount), LIMITS.terms);
  for (let i = 0; i < count; i += 1) {
    const at = ENV.predicate + i * TERM.bytes;
    if (core.records.env(index, at + TERM.capability) === ref) return true;
  }
  return false;
}
