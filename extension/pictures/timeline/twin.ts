/** The timeline as text: each environment's account, then what happened in order of time. */

import type { TimelinePicture } from "./messages.ts";
import { arrowText, markText, modelOf, nameIn, spanText, stepText, upcallText } from "./model.ts";

/** Lines after which a text is of no more use. */
const LINES_MAX = 5000;

export function timelineText({ timeline, branches, crashes }: TimelinePicture): string {
  const model = modelOf(timeline);
  const { lanes, first, last, now, branch } = timeline;
  const named = branches.find(({ id }) => id === branch)?.name ?? `branch ${branch}`;
  const here =
    now.branch === branch ? `you are at step ${stepText(now.step)}` : "you are on another branch";
  const lines = [
    `Timeline of branch '${named}', steps ${stepText(first)} to ${stepText(last)}; ${here}.`,
    "",
    "Steps by environment:",
  ];
  for (const { environment, steps, threads, died, isLauncher } of lanes) {
    if (isLauncher && steps === 0) continue;
    const turns = timeline.spans
      .filter(([who]) => who === environment)
      .reduce((sum, span) => sum + span[9], 0);
    const gone = died === undefined ? "" : `, destroyed at step ${stepText(died)}`;
    const of =
      threads.length === 0 ? "" : `, threads: ${threads.map((each) => each.name).join(", ")}`;
    lines.push(
      `  ${nameIn(model, environment)} (env ${environment}): ${stepText(steps)} steps in ${turns} turn${turns === 1 ? "" : "s"}${of}${gone}`,
    );
  }
  const happened = [
    ...timeline.spans.map((span) => ({ step: span[2], rank: 1, text: spanText(model, span) })),
    ...timeline.upcalls.map((each) => ({ step: each[2], rank: 2, text: upcallText(model, each) })),
    ...timeline.arrows.map((each) => ({ step: each[0], rank: 0, text: arrowText(model, each) })),
    ...timeline.marks.map((each) => ({ step: each[0], rank: 3, text: markText(model, each) })),
  ].sort((a, b) => a.step - b.step || a.rank - b.rank);
  lines.push("", "In order of time:");
  let isBefore = now.branch === branch;
  for (const { step, text } of happened.slice(0, LINES_MAX)) {
    if (isBefore && step > now.step) {
      lines.push(`----- you are here: step ${stepText(now.step)} -----`);
      isBefore = false;
    }
    lines.push(`${stepText(step).padStart(12)}  ${text}`);
  }
  if (isBefore) lines.push(`----- you are here: step ${stepText(now.step)} -----`);
  if (happened.length > LINES_MAX) {
    lines.push(`... and ${stepText(happened.length - LINES_MAX)} more; the picture has them all.`);
  }
  if (branches.length > 1) {
    lines.push("", "Branches:");
    for (const each of branches) {
      const from =
        each.parent === undefined
          ? ""
          : `, leaves branch ${each.parent} at step ${stepText(each.fork.step)}`;
      lines.push(`  ${each.id} ${each.name}${from}${each.isCurrent ? ", where you are" : ""}`);
    }
  }
  if (crashes !== undefined) {
    lines.push("", "Power failures that were tried:");
    for (const each of crashes) {
      lines.push(`  after ${each.writesDone} writes (branch ${each.branch}): ${each.outcome}`);
    }
  }
  return `${lines.join("\n")}\n`;
}
