/** What a step of the revocation dialogue means: who holds what, what is guaranteed, and what the libOS may do now. */
import { ENTRIES, type EnvironmentView, type EventBody, kindName } from "#exokernel";
import type { Debuggee } from "./debuggee.ts";

type Of<K extends EventBody["kind"]> = Extract<EventBody, { readonly kind: K }>;
export type RevocationEvent = Of<"shortage" | "asked" | "insisted" | "repossessed">;

const unitOf = (resourceKind: number): string => {
  const kind = kindName(resourceKind);
  return kind === "extent" ? "sector" : kind;
};

const amount = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? "" : "s"}`;

/** Two to four short sentences. */
export function explainRevocation(debuggee: Debuggee, event: RevocationEvent): string[] {
  const unit = unitOf(event.resourceKind);
  if (event.kind === "shortage") {
    return [
      `${amount(event.wanted, unit)} wanted, ${event.free} free.`,
      "No call waits: whoever asked was refused and may ask again, and the kernel asks others to give.",
    ];
  }
  const target = debuggee.view.environment(event.target);
  const name = debuggee.nameOf(event.target);
  if (event.kind === "repossessed") {
    return [
      `${amount(event.taken, unit)} taken from ${name}, which owed ${event.owed}, the least used first.`,
      holdings(target, unit, name),
      `Each loss is in its repossession vector. ${handler(debuggee, target, "repossession", "it must forget what is gone")}`,
    ];
  }
  const next =
    event.kind === "asked"
      ? `insists at step ${event.deadline}`
      : `takes by force at step ${event.deadline}`;
  return [
    `${name} owes ${amount(event.owed, unit)}.`,
    holdings(target, unit, name),
    `${handler(debuggee, target, "revocation", "it chooses what to give")} Otherwise the kernel ${next}.`,
  ];
}

function holdings(target: EnvironmentView | undefined, unit: string, name: string): string {
  if (target === undefined) return "";
  if (unit === "slice")
    return `${name} has ${amount(target.slices.length, unit)}; one is left to it.`;
  if (unit !== "page") return "";
  return `${name} answers for ${amount(target.charge, unit)}, of which ${target.guaranteed} are guaranteed and never taken.`;
}

function handler(
  debuggee: Debuggee,
  target: EnvironmentView | undefined,
  entry: "revocation" | "repossession",
  then: string,
): string {
  const pc = target?.entries[ENTRIES[entry].number] ?? 0;
  if (target === undefined || pc === 0) return "It has registered no entry for that.";
  const name = debuggee.imageOf(target.id)?.functionName(pc);
  return `Its handler at 0x${pc.toString(16)}${name === undefined ? "" : ` (${name})`} runs when it next may; ${then}.`;
}
