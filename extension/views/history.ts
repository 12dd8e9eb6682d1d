/** The History view: where one is, what the past has answered, branches, marks, what entered from outside, the last events. */
import type { HistoryBody, HistoryPosition, SourcePlace } from "../../debug-adapter/protocol.ts";
import type { Answer } from "../kernel-model.ts";
import { chunked, escaped, grouped, join, plural, type Row, words } from "./row.ts";

export function historyRows(history: HistoryBody, answers: readonly Answer[]): readonly Row[] {
  return [
    nowRow(history),
    endRow(history, "start"),
    endRow(history, "end"),
    ...answers.map((answer, i) => answerRow(answer, answers.length - i, i === 0)),
    ...group("marks", "Marks", "bookmark", history.marks.map(markRow), true),
    ...branchesGroup(history),
    ...group(
      "journal",
      "Input and changes",
      "pencil",
      history.journal.map(({ text, position }, i) =>
        momentRow(`journal/${i}`, text, position, "record-small"),
      ),
      false,
    ),
    ...group(
      "recent",
      "Kernel events before now",
      "list-flat",
      [...history.recent]
        .reverse()
        .map(({ text, position }) =>
          momentRow(`recent/${position.event}`, text, position, "circle-small"),
        ),
      false,
    ),
  ];
}

/** `step 12,345 of 20,000 · main`, for the view's first row and the status bar. */
export function whereWords({ now, end, branches, isAtEnd, isAltered }: HistoryBody): string {
  const branch = branches.find(({ id }) => id === now.branch)?.name;
  const step = isAtEnd
    ? `step ${grouped(now.step)}`
    : `step ${grouped(now.step)} of ${grouped(end.step)}`;
  return join([step, branch, !isAtEnd && "in the past", isAltered && "altered"]);
}

function nowRow(history: HistoryBody): Row {
  const [label = "", ...rest] = whereWords(history).split(" · ");
  const { snapshots, snapshotBytes, isAltered } = history;
  return {
    id: "now",
    label,
    description: join(rest),
    tooltip: () =>
      [
        history.isAtEnd
          ? "The newest moment: going on makes new history."
          : "In the past: going on shows what is known, and a change here begins a new branch.",
        isAltered ? "A debugger has changed something before this moment." : "",
        `${plural(snapshots, "snapshot")}, ${grouped(Math.round(snapshotBytes / 1024))} KiB.`,
      ]
        .filter((line) => line !== "")
        .join("\n\n"),
    icon: "history",
    context: "now",
  };
}

function endRow({ start, end, isAtStart, isAtEnd }: HistoryBody, which: "start" | "end"): Row {
  const position = which === "start" ? start : end;
  const isHere = which === "start" ? isAtStart : isAtEnd;
  return {
    ...momentRow(which, which === "start" ? "Start" : "End", position, "milestone"),
    description: join([`step ${grouped(position.step)}`, isHere && "here"]),
    tooltip: () =>
      which === "start"
        ? "The programs are loaded and none has run."
        : "The last moment of this branch that was ever reached.",
  };
}

function answerRow({ title, items, askedAt }: Answer, number: number, isNewest: boolean): Row {
  const id = `answer/${number}`;
  return {
    id,
    label: title,
    description: items.length === 1 ? "" : plural(items.length, "moment"),
    tooltip: () => escaped(title),
    icon: "comment-discussion",
    context: "answer",
    isOpen: isNewest,
    children: () =>
      chunked(
        [
          ...items.map(({ text, position, place }, i) =>
            position === undefined
              ? textRow(`${id}/${i}`, text)
              : momentRow(`${id}/${i}`, text, position, "arrow-small-right", place),
          ),
          momentRow(`${id}/back`, "Back to where this was asked", askedAt, "reply"),
        ],
        id,
      ),
  };
}

function branchesGroup({ branches, now }: HistoryBody): readonly Row[] {
  if (branches.length < 2) return [];
  const rows = branches.map(({ id, name, parent, fork, end }): Row => {
    const from = branches.find((each) => each.id === parent)?.name;
    return {
      ...momentRow(`branch/${id}`, name, end, "git-branch"),
      description: join([
        id === now.branch && "here",
        from !== undefined && `from ${from} at step ${grouped(fork.step)}`,
        `to step ${grouped(end.step)}`,
      ]),
      context: "branch moment",
      subject: { moment: end, branch: id },
    };
  });
  return group("branches", "Branches", "git-branch", rows, true);
}

function markRow({ id, name, note, position }: HistoryBody["marks"][number]): Row {
  return {
    ...momentRow(`mark/${id}`, name, position, "bookmark"),
    description: join([`step ${grouped(position.step)}`, note]),
    context: "mark moment",
    subject: { moment: position, mark: id },
  };
}

function group(
  id: string,
  label: string,
  icon: string,
  rows: readonly Row[],
  isOpen: boolean,
): readonly Row[] {
  if (rows.length === 0) return [];
  return [
    {
      id,
      label,
      description: String(rows.length),
      tooltip: () => label,
      icon,
      context: "group",
      isOpen,
      children: () => chunked(rows, id),
    },
  ];
}

function momentRow(
  id: string,
  label: string,
  position: HistoryPosition,
  icon: string,
  place?: SourcePlace,
): Row {
  return {
    id,
    label,
    description: `step ${grouped(position.step)}`,
    tooltip: () =>
      `${escaped(label)}\n\nStep ${grouped(position.step)}, event ${grouped(position.event)}. Choose it to go there.`,
    icon,
    context: words(["moment", place !== undefined && "hasPlace"]),
    subject: { moment: position, ...(place === undefined ? {} : { place }) },
  };
}

const textRow = (id: string, text: string): Row => ({
  id,
  label: text,
  tooltip: () => escaped(text),
  icon: "dash",
  context: "text",
});
