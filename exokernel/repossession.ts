/**
 * The repossession vector: what an environment has lost by another's hand, oldest first [Engler95, The Abort Protocol]
 * (CONTRACT C15). It records force; it is not the request, which is an upcall of its own (`revocation.ts`).
 */
import { KINDS, LIMITS, LOSS_REASONS, type LossReason } from "./abi.ts";
import type { Capability } from "./capability.ts";
import type { Core } from "./core.ts";
import { REPOSSESSION } from "./layout.ts";
import { refSlot } from "./records.ts";

export interface Repossession {
  readonly kind: number;
  readonly resource: number;
  /** Id of the environment that took it; 0 is the kernel. */
  readonly by: number;
  readonly reason: number;
  readonly slot: number;
  /** Where the contents went: 1 + the sector within the extent that the loser had named, 0 when they are lost. */
  readonly saved: number;
}

const entryAt = (place: number): number =>
  REPOSSESSION.entries + (place % LIMITS.repossessions) * REPOSSESSION.entryBytes;

/** Appends to the loser's vector. A full vector drops its oldest entry; `losses` counts on. */
export function recordLoss(
  core: Core,
  holder: number,
  { kind, resource, ref }: Capability,
  reason: LossReason,
): void {
  const { records } = core;
  if (repossessionCount(core, holder) === LIMITS.repossessions) dropOldest(core, holder);
  const count = repossessionCount(core, holder);
  const at = entryAt(records.repossession(holder, REPOSSESSION.first) + count);
  const set = (field: number, value: number) => records.setRepossession(holder, at + field, value);
  set(REPOSSESSION.kind, KINDS[kind]);
  set(REPOSSESSION.resource, resource);
  set(REPOSSESSION.by, core.actor === 0 ? 0 : records.idOf(core.actor));
  set(REPOSSESSION.reasonAndSlot, (LOSS_REASONS[reason] << 16) | refSlot(ref));
  set(REPOSSESSION.saved, core.saving?.ref === ref ? core.saving.saved : 0);
  records.setRepossession(holder, REPOSSESSION.count, count + 1);
  records.count(holder, "losses");
}

export function repossessionCount(core: Core, index: number): number {
  return core.records.repossession(index, REPOSSESSION.count);
}

/** The vector of an environment, oldest first. */
export function repossessionsOf(core: Core, index: number): Repossession[] {
  const { records } = core;
  const first = records.repossession(index, REPOSSESSION.first);
  return Array.from({ length: repossessionCount(core, index) }, (_, i) => {
    const word = (field: number) => records.repossession(index, entryAt(first + i) + field);
    const reasonAndSlot = word(REPOSSESSION.reasonAndSlot);
    return {
      kind: word(REPOSSESSION.kind),
      resource: word(REPOSSESSION.resource),
      by: word(REPOSSESSION.by),
      reason: reasonAndSlot >>> 16,
      slot: reasonAndSlot & 0xffff,
      saved: word(REPOSSESSION.saved),
    };
  });
}

/** Takes the oldest entry of the vector, or undefined when it is empty. */
export function takeRepossession(core: Core, index: number): Repossession | undefined {
  const [oldest] = repossessionsOf(core, index);
  if (oldest !== undefined) dropOldest(core, index);
  return oldest;
}

function dropOldest(core: Core, index: number): void {
  const { records } = core;
  const first = records.repossession(index, REPOSSESSION.first);
  records.setRepossession(index, REPOSSESSION.first, (first + 1) % LIMITS.repossessions);
  records.setRepossession(index, REPOSSESSION.count, repossessionCount(core, index) - 1);
}
