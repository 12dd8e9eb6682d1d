/** *What if*: any kernel call by anyone, at any moment of the history, without effect: its guards, and what would have sufficed. */
import { CALLS, type Checked, type Verdict } from "#exokernel";
import type { Debuggee } from "../debuggee.ts";
import { noBranch, noMoment, noThread } from "../errors.ts";
import { callNamed, registersOf } from "../kernel-calls.ts";
import { type KernelSource, placeText } from "../kernel-source.ts";
import type { GuardItem, HistoryPosition, WhatIfArguments, WhatIfBody } from "../protocol.ts";
import { from } from "./look-back.ts";
import { check, type SupposedCall, sufficientFor } from "./sufficient.ts";

/** Throws `UserError` for what is no call, no argument or no moment. The session stays where it is. */
export function whatIf(
  debuggee: Debuggee,
  source: KernelSource,
  focus: number,
  { environment: caller = focus, call: name, arguments: given, position }: WhatIfArguments,
): Promise<WhatIfBody> {
  const call = callNamed(name);
  const evaluate = (): WhatIfBody => {
    const { state } = debuggee.view.environment(caller) ?? {};
    if (state === undefined || state === "destroyed") throw noThread(caller);
    const asked = { caller, call, registers: registersOf(debuggee, call, given) };
    return answer(debuggee, source, asked, check(debuggee, asked));
  };
  if (position === undefined) return Promise.resolve().then(evaluate);
  return from(debuggee, async () => {
    goTo(debuggee, position);
    return evaluate();
  });
}

function goTo(debuggee: Debuggee, { branch: id, step, event }: HistoryPosition): void {
  const { timeline } = debuggee;
  const branch = timeline.branches.find((each) => each.id === id);
  if (branch === undefined) throw noBranch(id, timeline.branches.length);
  const last = branch === timeline.branch ? timeline.end.step : branch.end.step;
  if (!Number.isSafeInteger(step) || step < timeline.start.step || step > last) {
    throw noMoment(step, timeline.start.step, last);
  }
  if (branch === timeline.branch) timeline.visit({ step, event });
  else timeline.switchTo(branch, { step, event });
}

function answer(
  debuggee: Debuggee,
  source: KernelSource,
  asked: SupposedCall,
  checked: Checked,
): WhatIfBody {
  const call = `${CALLS[asked.call].name} by ${debuggee.nameOf(asked.caller)}`;
  const trail = checked.trail.map((verdict) => guardItem(source, verdict));
  if (!checked.ok) {
    const { error, guard, because } = checked.refusal;
    const place = placeText(source, guard);
    return {
      text: `${call} would be refused (${error}): guard '${guard}'${place === "" ? "" : ` at ${place}`} does not hold: ${because}.`,
      ok: false,
      trail,
      refusal: checked.refusal,
      sufficient: sufficientFor(debuggee, asked, checked),
    };
  }
  const weakened = checked.trail.filter(({ isWeakened }) => isWeakened);
  const count = `${checked.trail.length} guard${checked.trail.length === 1 ? " holds" : "s hold"}`;
  const how =
    weakened.length === 0
      ? `: ${checked.trail.length === 0 ? "it has no guards" : count}`
      : ` only since this scenario weakens ${weakened.map(({ guard, because }) => `'${guard}' (${because})`).join(", ")}`;
  return { text: `${call} would be accepted${how}.`, ok: true, trail, sufficient: [] };
}

/** A verdict with its place. */
export function guardItem(source: KernelSource, verdict: Verdict): GuardItem {
  const place = source.guards[verdict.guard];
  const { guard, holds, because, isWeakened } = verdict;
  return {
    ...{ guard, holds, because },
    ...(isWeakened === undefined ? {} : { isWeakened }),
    ...(place === undefined
      ? {}
      : { place: { file: place.file, line: place.line, text: place.text } }),
  };
}
