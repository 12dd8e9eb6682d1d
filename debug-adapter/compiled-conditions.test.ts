/** How often a session is asked: where the machine evaluates a condition by itself, only at hits for which it holds. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Breakpoints } from "./breakpoints.ts";
import { Debuggee } from "./debuggee.ts";
import type { HitEvaluator } from "./hit-conditions.ts";
import { HitRecords } from "./hit-record.ts";
import { LoadedImage } from "./loaded-image.ts";
import { RunControl } from "./run/run-control.ts";
import { Inspector } from "./session/inspector.ts";
import { SourceMap } from "./source-map.ts";
import { compileGuest } from "./testing/compile-guest.ts";
import { lineOf, written } from "./testing/history-programs.ts";

const MANY = written(
  "many.c",
  `static volatile int total;
int main(void)
{
  for (int i = 0; i < 20000; i++) {
    total += i;                                   //@step body
  }
  return 0;
}
`,
);

test.each([
  ["i == 15000", 1],
  ["total % 2 == 5", 0],
  ["i / 5000 == 3 && i % 1000 == 0", 5],
  ["i == 15000.0", 1],
  ["i * 1000000ll > 19997000000 || total / 2.0 == 0.5", 3],
  ["(int)(i + 0.5) == 15000", 20_000],
])("'%s' is asked about %i times in 20,000 hits", async (condition, count) => {
  const path = await compileGuest(MANY);
  const image = new LoadedImage(path, readFileSync(path), new SourceMap([], () => true, true));
  const debuggee = new Debuggee({
    programs: [{ name: "many", image, arguments: [], slices: 1, createsEnvironments: false }],
  });
  const control = new RunControl(debuggee);
  const inspector = new Inspector(debuggee);
  let asked = 0;
  const evaluator: HitEvaluator = {
    truth: (expression, place) => {
      asked += 1;
      return inspector.truth(expression, place);
    },
    interpolate: (template, place) => inspector.interpolate(template, place),
    hitPredicate: (text) => inspector.hitPredicate(text),
  };
  let id = 0;
  const nextId = () => ++id;
  const records = new HitRecords(debuggee, control);
  const breakpoints = new Breakpoints(debuggee, control, evaluator, () => {}, nextId, records);
  breakpoints.setSource(MANY, [{ line: lineOf(MANY, "body"), condition }]);
  for (;;) {
    const { kind } = await control.run();
    if (kind === "exited") break;
    expect(kind).toBe("breakpoint");
  }
  expect(asked).toBe(count);
});
