/**
 * Which capability would have sufficed: for a call that is refused for lack of one, the caller's own slots are tried in the place of
 * each that it named; if none does, those that others hold, as if they had been offered and accepted.
 */
import {
  type CallName,
  type Capability,
  type Checked,
  indexOfId,
  RIGHTS,
  refOf,
  refSlot,
} from "#exokernel";
import type { Debuggee } from "../debuggee.ts";
import {
  type CallParameter,
  capabilityIn,
  capabilityText,
  isEnvironmentSlot,
  isUsedSlot,
  parametersOf,
  resourceText,
  tableOf,
} from "../kernel-calls.ts";
import type { SufficientItem } from "../protocol.ts";

/** Refusals that another capability could mend. */
const LACKS = new Set(["CAP", "RIGHTS", "OWNER", "ENV"]);
const SHOWN = 4;

/** A call that somebody would make. */
export interface SupposedCall {
  readonly caller: number;
  readonly call: CallName;
  readonly registers: readonly number[];
}

/** Evaluates a call's guards here and now, without effect; the caller is taken to run. */
export function check(
  debuggee: Debuggee,
  { caller, call, registers }: SupposedCall,
  supposed: ReadonlyMap<number, Capability> = new Map(),
): Checked {
  return debuggee.kernel.whatIf(indexOfId(caller), call, registers, supposed);
}

interface Candidate extends SufficientItem {
  readonly isWhole: boolean;
  /** It is about what the slot that was named is about. */
  readonly isSame: boolean;
  readonly isOwn: boolean;
}

export function sufficientFor(
  debuggee: Debuggee,
  asked: SupposedCall,
  checked: Checked,
): readonly SufficientItem[] {
  if (checked.ok || !LACKS.has(checked.refusal.error)) return [];
  const own = ownCandidates(debuggee, asked, checked);
  if (checked.refusal.error === "OWNER")
    return own.length > 0 ? best(own) : owners(debuggee, asked);
  if (own.some(({ isWhole, isSame }) => isWhole && isSame)) return best(own);
  // Another page of one's own is seldom what was meant: who has this very one comes first.
  const others = othersCandidates(debuggee, asked, checked);
  return best([...own, ...others.filter(({ isSame }) => isSame || own.length === 0)]);
}

/** Those with which the whole call would be accepted before those that only pass this guard; what is about the same thing first. */
function best(candidates: readonly Candidate[]): SufficientItem[] {
  const rank = ({ isWhole, isSame, isOwn }: Candidate) =>
    (isWhole ? 0 : 4) + (isSame ? 0 : 2) + (isOwn ? 0 : 1);
  return [...candidates]
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, SHOWN)
    .map(({ text, environment, slot, parameter }) => ({ text, environment, slot, parameter }));
}

function* slotParameters(debuggee: Debuggee, { caller, call, registers }: SupposedCall) {
  // On whose behalf a call is comes last: another environment is seldom what was meant.
  const used = parametersOf(call).filter(isUsedSlot);
  const ordered = [...used].sort(
    (a, b) => Number(isEnvironmentSlot(a)) - Number(isEnvironmentSlot(b)),
  );
  for (const parameter of ordered) {
    const table = tableOf(debuggee, caller, call, registers, parameter);
    if (table !== undefined) yield { parameter, table, slot: registers[parameter.register] ?? 0 };
  }
}

/** Whether a check came further than the refused one, and it is nothing about this slot by which it is refused now. */
function isFurther(tried: Checked, refused: Checked, slot: number): boolean {
  if (tried.ok) return true;
  const { guard, because } = tried.refusal;
  const isSlots = because.startsWith(`slot ${slot} `) || guard === "rights do not grow";
  return !isSlots && tried.trail.length > refused.trail.length;
}

const verdict = (tried: Checked): string =>
  tried.ok ? "would do" : `would pass this guard (the next refusal is ${tried.refusal.error})`;

function ownCandidates(debuggee: Debuggee, asked: SupposedCall, refused: Checked): Candidate[] {
  const found: Candidate[] = [];
  for (const { parameter, table, slot } of slotParameters(debuggee, asked)) {
    const named = capabilityIn(debuggee, table, slot);
    for (const held of debuggee.view.capabilities(table)) {
      const other = refSlot(held.ref);
      if (other === slot) continue;
      const tried = check(debuggee, { ...asked, registers: replaced(asked, parameter, other) });
      if (!isFurther(tried, refused, other)) continue;
      const whose = table === asked.caller ? "" : ` of ${debuggee.nameOf(table)}`;
      found.push({
        text: `slot ${other}${whose} (${capabilityText(debuggee, held)}) ${verdict(tried)} as ${parameter.name}`,
        environment: table,
        slot: other,
        parameter: parameter.name,
        isWhole: tried.ok,
        isSame: isAboutSame(held, named),
        isOwn: true,
      });
    }
    if (found.some(({ isWhole }) => isWhole)) break;
  }
  return found;
}

function othersCandidates(debuggee: Debuggee, asked: SupposedCall, refused: Checked): Candidate[] {
  const found: Candidate[] = [];
  for (const { parameter, table, slot } of slotParameters(debuggee, asked)) {
    const named = capabilityIn(debuggee, table, slot);
    const ref = refOf(indexOfId(table), slot);
    for (const { id, state } of debuggee.view.environments()) {
      if (id === table || debuggee.isLauncher(id) || state === "destroyed") continue;
      for (const held of debuggee.view.capabilities(id)) {
        const supposed = new Map([[ref, { ...held, ref, isOwner: false }]]);
        const tried = check(debuggee, asked, supposed);
        if (!isFurther(tried, refused, slot)) continue;
        const holder = debuggee.nameOf(id);
        const name = debuggee.environment(id).name;
        const canGive = (held.rights & RIGHTS.GRANT) !== 0;
        const way = canGive
          ? `: it has GRANT, so ${name} may offer it`
          : ", but without GRANT it cannot be offered";
        found.push({
          text: `slot ${refSlot(held.ref)} of ${holder} (${capabilityText(debuggee, held)}) ${verdict(tried)} as ${parameter.name}${way}`,
          environment: id,
          slot: refSlot(held.ref),
          parameter: parameter.name,
          isWhole: tried.ok,
          isSame: isAboutSame(held, named),
          isOwn: false,
        });
      }
    }
    if (found.length > 0) break;
  }
  return found;
}

/** Who could: the holder of the capability that the allocation made. */
function owners(debuggee: Debuggee, asked: SupposedCall): SufficientItem[] {
  const found: SufficientItem[] = [];
  for (const { parameter, table, slot } of slotParameters(debuggee, asked)) {
    const named = capabilityIn(debuggee, table, slot);
    if (named === undefined || isEnvironmentSlot(parameter)) continue;
    for (const { id } of debuggee.view.environments()) {
      for (const held of debuggee.view.capabilities(id)) {
        if (!held.isOwner || !isAboutSame(held, named)) continue;
        const what = resourceText(debuggee, held.kind, held.resource);
        found.push({
          text: `only slot ${refSlot(held.ref)} of ${debuggee.nameOf(id)} would do, which the allocation of ${what} made`,
          environment: id,
          slot: refSlot(held.ref),
          parameter: parameter.name,
        });
      }
    }
  }
  return found;
}

function isAboutSame(held: Capability, named: Capability | undefined): boolean {
  return held.kind === named?.kind && held.resource === named.resource;
}

function replaced(
  { registers }: SupposedCall,
  { register }: CallParameter,
  value: number,
): number[] {
  return registers.map((old, i) => (i === register ? value : old));
}
