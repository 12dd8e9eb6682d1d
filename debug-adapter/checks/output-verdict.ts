/** Conditions on what was written on the console. */
import type { Output } from "./observation.ts";
import type { PastRun } from "./past-run.ts";
import type { Condition } from "./syntax.ts";
import { quoted, stepText } from "./texts.ts";
import { endText, fail, pass, type Verdict } from "./verdict.ts";

export function outputVerdict(
  run: PastRun,
  { env, test }: Extract<Condition, { kind: "output" }>,
): Verdict {
  const unknown = env === undefined ? undefined : run.unknownEnvironment(env);
  if (unknown !== undefined)
    return fail(unknown.endsWith("?") ? unknown : `${unknown}.`, undefined, run);
  const output = run.output(env);
  const whose = env === undefined ? "The output" : `The output of ${env}`;
  switch (test.kind) {
    case "contains":
      return containsVerdict(run, output, whose, test.texts);
    case "lacks":
      return lacksVerdict(output, whose, test.texts);
    case "matches":
      return test.pattern.test(output.text)
        ? pass(`${whose} matches.`)
        : missing(run, output, `${whose} must match /${test.pattern.source}/, and does not`);
    case "equals":
      return linesVerdict(run, output, whose, test.text);
    case "lines":
      return anyOrderVerdict(run, output, whose, test.lines);
  }
}

function containsVerdict(
  run: PastRun,
  output: Output,
  whose: string,
  texts: readonly string[],
): Verdict {
  let from = 0;
  for (const [i, text] of texts.entries()) {
    const wanted = new TextEncoder().encode(text);
    const at = output.find(wanted, from);
    if (at < 0) {
      const before = i === 0 ? "" : ` after ${quoted(texts[i - 1] ?? "")}`;
      const isBefore = output.find(wanted) >= 0 ? "; it is there only before" : "";
      return missing(
        run,
        output,
        `${whose} must contain ${quoted(text)}${before}, and does not${isBefore}`,
      );
    }
    from = at + wanted.length;
  }
  return pass(`${whose} contains it.`, withText(output.at(from - 1)));
}

function lacksVerdict(output: Output, whose: string, texts: readonly string[]): Verdict {
  for (const text of texts) {
    const at = output.find(new TextEncoder().encode(text));
    if (at < 0) continue;
    const there = output.at(at);
    const when =
      there === undefined ? "" : `, written at ${stepText(there.at.step)} by ${there.name}`;
    return fail(`${whose} must not contain ${quoted(text)}, and does${when}.`, withText(there));
  }
  return pass(`${whose} does not contain it.`);
}

/** The first line that differs, and where it was written. */
function linesVerdict(run: PastRun, output: Output, whose: string, text: string): Verdict {
  const found = output.text;
  if (found === text) return pass(`${whose} is what was wanted.`);
  const [wanted, got] = [text.split("\n"), found.split("\n")];
  const line = wanted.findIndex((each, i) => each !== got[i]);
  const at = line < 0 ? wanted.length : line;
  const offset = new TextEncoder().encode(
    got
      .slice(0, at)
      .map((each) => `${each}\n`)
      .join(""),
  ).length;
  const there = output.at(offset);
  const [should, is] = [wanted[at], got[at]];
  const isAll = at >= got.length - 1 && (is === undefined || is === "");
  if (isAll && should !== undefined) {
    return missing(
      run,
      output,
      `Line ${at + 1} of ${whose.toLowerCase()} must be ${quoted(should)}, but it ends before`,
    );
  }
  const wantedText =
    should === undefined || (should === "" && at === wanted.length - 1)
      ? "not be there"
      : `be ${quoted(should)}`;
  return fail(
    `Line ${at + 1} of ${whose.toLowerCase()} must ${wantedText}, and is ${quoted(is ?? "")}${there === undefined ? "" : `, written at ${stepText(there.at.step)} by ${there.name}`}.`,
    withText(there),
    run,
  );
}

function anyOrderVerdict(
  run: PastRun,
  output: Output,
  whose: string,
  lines: readonly string[],
): Verdict {
  const left = output.text.split("\n").filter((line) => line !== "");
  for (const line of lines) {
    const at = left.indexOf(line);
    if (at < 0)
      return missing(run, output, `${whose} must have the line ${quoted(line)}, and has not`);
    left.splice(at, 1);
  }
  const [extra] = left;
  if (extra === undefined) return pass(`${whose} has these lines.`);
  const there = output.at(output.find(new TextEncoder().encode(extra)));
  return fail(`${whose} has a line that is not wanted, ${quoted(extra)}.`, withText(there), run);
}

/** What is missing is missing at the end; what was written instead tells most. */
function missing(run: PastRun, output: Output, sentence: string): Verdict {
  const last = output.text.trimEnd().split("\n").at(-1) ?? "";
  const instead = last === "" ? "; nothing was written" : `; its last line is ${quoted(last)}`;
  return fail(`${sentence}${instead}${endText(run)}.`, undefined, run);
}

const withText = (there: ReturnType<Output["at"]>) =>
  there === undefined ? undefined : { ...there, text: "output" };
