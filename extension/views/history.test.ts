import { expect, test } from "vitest";
import type { HistoryBody } from "../../debug-adapter/protocol.ts";
import { stepProblem } from "../history-commands.ts";
import type { Answer } from "../kernel-model.ts";
import { historyRows, whereWords } from "./history.ts";
import { asText } from "./row.ts";

const at = (step: number, branch = 1, event = step) => ({ branch, step, event });

const HISTORY: HistoryBody = {
  step: 1200,
  now: at(1200),
  start: at(0),
  end: at(20_000),
  isAtStart: false,
  isAtEnd: false,
  isAltered: false,
  weakened: [],
  branches: [{ id: 1, name: "main", fork: at(0), end: at(20_000), isCurrent: true }],
  marks: [],
  journal: [],
  recent: [],
  snapshots: 3,
  snapshotBytes: 40_960,
};

const ANSWER: Answer = {
  title: "Who changed x last?",
  items: [
    { text: "x changed from 1 to 2", position: at(900), place: { path: "/a.c", line: 3 } },
    { text: "there since the start" },
  ],
  askedAt: at(1200),
};

test("the first row says where one is, and whether that is the past", () => {
  expect(whereWords(HISTORY)).toBe("step 1,200 of 20,000 · main · in the past");
  expect(whereWords({ ...HISTORY, now: at(20_000), isAtEnd: true, isAltered: true })).toBe(
    "step 20,000 · main · altered",
  );
});

test("a history without branches, marks and changes is three rows", () => {
  expect(asText(historyRows(HISTORY, []))).toBe(
    "step 1,200 of 20,000  main · in the past\nStart  step 0\nEnd  step 20,000\n",
  );
});

test("answers, marks, branches, changes and events are moments to go to", () => {
  const history: HistoryBody = {
    ...HISTORY,
    branches: [
      ...HISTORY.branches,
      { id: 2, name: "branch 2", parent: 1, fork: at(600, 2), end: at(700, 2), isCurrent: false },
    ],
    marks: [{ id: 4, name: "here it goes wrong", note: "x is 2", position: at(900) }],
    journal: [{ text: 'typed "a"', position: at(300) }],
    recent: [
      { text: "a: upcall", position: at(1000) },
      { text: "a: yields", position: at(1100) },
    ],
  };
  const rows = historyRows(history, [ANSWER]);
  expect(asText(rows).split("\n")).toEqual([
    "step 1,200 of 20,000  main · in the past",
    "Start  step 0",
    "End  step 20,000",
    "Who changed x last?  2 moments",
    "  x changed from 1 to 2  step 900",
    "  there since the start",
    "  Back to where this was asked  step 1,200",
    "Marks  1",
    "  here it goes wrong  step 900 · x is 2",
    "Branches  2",
    "  main  here · to step 20,000",
    "  branch 2  from main at step 600 · to step 700",
    "Input and changes  1",
    '  typed "a"  step 300',
    "Kernel events before now  2",
    "  a: yields  step 1,100",
    "  a: upcall  step 1,000",
    "",
  ]);
  const all = rows.flatMap((row) => [row, ...(row.children?.() ?? [])]);
  const moments = all.filter(({ context }) => /\bmoment\b/.test(context));
  expect(moments.every(({ subject }) => subject?.moment !== undefined)).toBe(true);
  expect(moments.length).toBe(10);
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  expect(all.find(({ label }) => label === "branch 2")?.subject).toMatchObject({ branch: 2 });
  expect(all.find(({ label }) => label.startsWith("x changed"))?.context).toBe("moment hasPlace");
});

test.each([
  ["12,000", undefined],
  [" 7 ", undefined],
  ["", "A whole number from 0 to 20,000."],
  ["1e9", "A whole number from 0 to 20,000."],
  ["-1", "A whole number from 0 to 20,000."],
  ["half", "A whole number from 0 to 20,000."],
])("'%s' as a step of the history: %s", (text, problem) => {
  expect(stepProblem(text, 0, 20_000)).toBe(problem);
});
