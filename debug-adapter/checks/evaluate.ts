/** Whether conditions hold for a run that was watched, with a reason that a student understands and the moment to look at. */
import { checkInvariants } from "#exokernel";
import { computeIn } from "./compute.ts";
import { holdingsOf } from "./holdings.ts";
import type { Happening } from "./observation.ts";
import { inOrder } from "./order.ts";
import { outputVerdict } from "./output-verdict.ts";
import type { Missing, PastRun } from "./past-run.ts";
import type { Condition, Occurrence } from "./syntax.ts";
import {
  happeningText,
  occurrenceText,
  stepText,
  stretchText,
  timesText,
  upperFirst,
} from "./texts.ts";
import { truthNow, valueNow } from "./values-at.ts";
import { endText, fail, failed, pass, type Verdict } from "./verdict.ts";

type Of<Kind extends Condition["kind"]> = Extract<Condition, { kind: Kind }>;

/** Moves the run. */
export function verdictIn(run: PastRun, condition: Condition): Verdict {
  const verdict = plainVerdict(run, condition);
  const { hint } = condition;
  return verdict.holds || hint === undefined
    ? verdict
    : { ...verdict, reason: `${verdict.reason} ${hint}` };
}

function plainVerdict(run: PastRun, condition: Condition): Verdict {
  switch (condition.kind) {
    case "happens":
      return happensVerdict(run, condition);
    case "order":
      return orderVerdict(run, condition);
    case "every":
      return everyVerdict(run, condition);
    case "output":
      return outputVerdict(run, condition);
    case "exit":
      return exitVerdict(run, condition);
    case "holds":
      return atMoments(run, condition, condition.env, (environment, happening) =>
        truthVerdict(run, condition, environment, happening),
      );
    case "invariants":
      return atMoments(run, condition, undefined, (_, happening) => {
        const [broken] = checkInvariants(run.debuggee.kernel);
        return broken === undefined
          ? pass("The kernel's invariants hold.", happening)
          : fail(`The kernel is broken ${happeningText(happening)}: ${broken}.`, happening);
      });
    case "unchanged":
      return unchangedVerdict(run, condition);
    case "number":
      return numberVerdict(run, condition);
    case "ends":
      return endsVerdict(run);
    case "all":
      return allVerdict(run, condition);
    case "any":
      return anyVerdict(run, condition);
    case "not": {
      const verdict = verdictIn(run, condition.condition);
      return verdict.holds
        ? { ...verdict, holds: false, reason: `This must not be so: ${verdict.reason}` }
        : { ...verdict, holds: true };
    }
  }
}

function happensVerdict(run: PastRun, { what, times, within }: Of<"happens">): Verdict {
  const found = run.within(what, within);
  if ("problem" in found) return failed(run, found);
  const unknown = found.length === 0 ? run.unknown(what) : undefined;
  if (unknown !== undefined) return failed(run, { problem: unknown });
  const subject = `${occurrenceText(what)}${stretchText(within)}`;
  if (times.accepts(found.length)) {
    const times = found.length === 0 ? "never happened" : `happened ${timesText(found.length)}`;
    return pass(`${upperFirst(subject)} ${times}.`, found[0]);
  }
  // One more than is accepted is where it went wrong; too few went wrong after the last.
  const excess = found.filter((_, i) => !times.accepts(i + 1) && times.accepts(i)).at(-1);
  if (excess !== undefined) {
    const wanted = times.text === "0" ? "never happen" : `happen ${times.text} times`;
    return fail(
      `${upperFirst(subject)} must ${wanted}, but ${times.text === "0" ? "it did" : "it happened once more"} ${happeningText(excess)}.`,
      excess,
    );
  }
  const last = found.at(-1);
  const really =
    last === undefined
      ? "it never happened"
      : `it happened ${timesText(found.length)}, ${found.length === 1 ? "" : "the last time "}${happeningText(last)}`;
  const wanted = times.text === "at least 1" ? "happen" : `happen ${times.text} times`;
  const because = last === undefined ? endText(run) : "";
  return fail(`${upperFirst(subject)} must ${wanted}, but ${really}${because}.`, last, run);
}

function orderVerdict(run: PastRun, { items, within }: Of<"order">): Verdict {
  const bounds = run.bounds(within);
  if ("problem" in bounds) return failed(run, bounds);
  const result = inOrder(items, ({ what }) =>
    run.all(what).filter(({ order }) => order > bounds.from && order < bounds.to),
  );
  if (result.holds) return pass("All of it happened in this order.", result.last);
  const wanted = items.filter(({ isForbidden }) => !isForbidden);
  const { came, last, intruder } = result;
  const next = wanted[came]?.what;
  const since =
    last === undefined
      ? ""
      : `after ${last.event === undefined ? last.text : `${last.name}: ${last.text}`} at ${stepText(last.at.step)} `;
  if (intruder !== undefined) {
    const until = next === undefined ? "" : `, before ${occurrenceText(next)}`;
    return fail(
      `This must not come ${since}${until}: it did ${happeningText(intruder)}.`.replace(" ,", ","),
      intruder,
    );
  }
  const unknown = next === undefined ? undefined : run.unknown(next);
  if (unknown !== undefined) return failed(run, { problem: unknown });
  const missing = next === undefined ? "what was to come" : occurrenceText(next);
  const earlier = next === undefined ? [] : run.all(next);
  const tooEarly =
    last !== undefined && earlier.length > 0 && earlier[0] !== undefined
      ? `; it happened only before, ${happeningText(earlier[0])}`
      : endText(run);
  return fail(
    upperFirst(`${since}${missing} must come, and it never did${stretchText(within)}${tooEarly}.`),
    last,
    run,
  );
}

function everyVerdict(run: PastRun, condition: Of<"every">): Verdict {
  const { what, follower, before, steps, within } = condition;
  const found = run.within(what, within);
  if ("problem" in found) return failed(run, found);
  const unknown = run.unknown(what) ?? run.unknown(follower);
  if (unknown !== undefined) return failed(run, { problem: unknown });
  const followers = run.all(follower);
  const limits = before === undefined ? [] : run.all(before);
  let next = 0;
  let limit = 0;
  for (const one of found) {
    while (next < followers.length && (followers[next]?.order ?? 0) <= one.order) next += 1;
    while (limit < limits.length && (limits[limit]?.order ?? 0) <= one.order) limit += 1;
    const followed = followers[next];
    const ended = limits[limit];
    const name = occurrenceText(follower);
    if (followed === undefined || (ended !== undefined && ended.order < followed.order)) {
      const until = ended === undefined ? "" : `, before ${happeningText(ended)}`;
      return fail(
        `${upperFirst(name)} must follow what happened ${happeningText(one)}, and it did not${until}.`,
        one,
      );
    }
    const late = followed.at.step - one.at.step;
    if (steps !== undefined && late > steps) {
      return fail(
        `${upperFirst(name)} must follow within ${steps} steps what happened ${happeningText(one)}, and it came ${late} steps later.`,
        followed,
      );
    }
  }
  return pass(`Each of ${timesText(found.length)} was followed by it.`, found[0]);
}

function exitVerdict(run: PastRun, { env, status }: Of<"exit">): Verdict {
  const environment = run.environment(env);
  if ("problem" in environment) return failed(run, environment);
  const { name } = environment;
  const ended = run.endOf(environment);
  const wanted = `${name} must end with status ${status.text}`;
  if (ended === undefined)
    return fail(`${wanted}, but it has not ended${endText(run)}.`, undefined, run);
  const { happening } = ended;
  if (ended.because !== "it destroyed itself") {
    return fail(
      `${wanted}, but it was destroyed at ${stepText(happening.at.step)}: ${ended.because}.`,
      happening,
    );
  }
  return status.accepts(ended.status)
    ? pass(`${name} ended with status ${ended.status}.`, happening)
    : fail(
        `${wanted}, but it ended with status ${ended.status} at ${stepText(happening.at.step)}.`,
        happening,
      );
}

function truthVerdict(
  run: PastRun,
  { expression, frame, at }: Of<"holds">,
  environment: number,
  happening: Happening,
): Verdict {
  const name = run.debuggee.environment(environment).name;
  const where =
    at.kind === "end"
      ? `at the end of ${name}`
      : at.kind === "start"
        ? "at the start"
        : happeningText(happening);
  const found = truthNow(run.debuggee, environment, expression, frame);
  const here = run.debuggee.timeline.now;
  if (!found.ok) {
    return {
      ...fail(`'${expression}' cannot be told ${where}: ${found.problem}.`, happening),
      at: here,
    };
  }
  const because = found.because === "" ? "" : `: ${found.because}`;
  return found.isTrue
    ? { ...pass(`'${expression}' is true ${where}.`, happening), at: here }
    : {
        ...fail(`'${expression}' must be true ${where}, and is not${because}.`, happening),
        at: here,
      };
}

function unchangedVerdict(run: PastRun, condition: Of<"unchanged">): Verdict {
  const { what, env, from, to, mayGrow } = condition;
  const begin = run.one(from);
  if ("problem" in begin) return failed(run, begin);
  const environment = run.goTo(begin, from, env);
  if ("problem" in environment) return failed(run, environment);
  const before = stateOf(run, environment.id, what);
  if ("problem" in before) return failed(run, before);
  const end =
    to.nth === 1 && to.kind !== "end" ? run.bounds({ after: from, before: to }) : run.one(to);
  if ("problem" in end) return failed(run, end);
  const last = "at" in end ? end : end.last;
  if (last === undefined) return failed(run, { problem: "There is no end to it" });
  const there = run.goTo(last, to, env ?? environment.name);
  if ("problem" in there) return failed(run, there);
  const after = stateOf(run, environment.id, what);
  if ("problem" in after) return failed(run, after);
  const lost = before.list.filter((item) => !after.list.includes(item));
  const come = mayGrow ? [] : after.list.filter((item) => !before.list.includes(item));
  const until = `${to.kind === "end" ? "the end" : happeningText(last).replace(/^at /, "")}`;
  const name =
    typeof what === "string"
      ? `${what} of ${environment.name}`
      : `'${what.expression}' in ${environment.name}`;
  if (lost.length === 0 && come.length === 0) {
    return pass(`${upperFirst(name)} stayed what they were until ${until}.`, last);
  }
  if (typeof what !== "string") {
    return fail(
      `${name} must stay what it was at ${stepText(begin.at.step)}, but it was ${before.list[0]} and is ${after.list[0]} at ${until}.`,
      last,
    );
  }
  const changes = [
    ...(lost.length === 0 ? [] : [`lost: ${listText(lost)}`]),
    ...(come.length === 0 ? [] : [`new: ${listText(come)}`]),
  ];
  return fail(
    `${upperFirst(name)} must stay what they were at ${stepText(begin.at.step)}; at ${until} they are not (${changes.join("; ")}).`,
    last,
  );
}

function stateOf(
  run: PastRun,
  environment: number,
  what: Of<"unchanged">["what"],
): { readonly list: readonly string[] } | Missing {
  if (typeof what === "string") return { list: holdingsOf(run.debuggee.view, environment, what) };
  const found = valueNow(run.debuggee, environment, what.expression, undefined);
  return "problem" in found
    ? { problem: `'${what.expression}' has no value: ${found.problem}` }
    : { list: [found.text] };
}

function numberVerdict(run: PastRun, { value, test }: Of<"number">): Verdict {
  const found = computeIn(run, value);
  if ("problem" in found) return failed(run, found);
  const what = computedName(value);
  if ("kind" in test) {
    const wanted = computeIn(run, test);
    if ("problem" in wanted) return failed(run, wanted);
    return found.value === wanted.value
      ? pass(`${what} is ${found.text}.`, found.happening)
      : fail(`${what} must be ${wanted.text}, and is ${found.text}.`, found.happening, run);
  }
  if (typeof found.value !== "number") {
    return fail(
      `${what} must be ${test.text}, and is the text '${found.text}'.`,
      found.happening,
      run,
    );
  }
  return test.accepts(found.value)
    ? pass(`${what} is ${found.text}.`, found.happening)
    : fail(`${what} must be ${test.text}, and is ${found.text}.`, found.happening, run);
}

function computedName(value: Of<"number">["value"]): string {
  switch (value.kind) {
    case "count":
      return `The number of times of ${occurrenceText(value.what)}${stretchText(value.within)}`;
    case "value":
      return `'${value.expression}'`;
    case "steps":
      return `The number of steps from ${occurrenceText(value.from)} to ${occurrenceText(value.to)}`;
    case "field":
      return `'${value.field}' of ${occurrenceText(value.what)}`;
    case "held":
      return `The number of ${value.holding}${value.env === undefined ? "" : ` of ${value.env}`}`;
    case "freePages":
      return "The number of free pages";
    case "output":
      return `What the output has for /${value.pattern.source}/`;
    default:
      return "The value";
  }
}

function endsVerdict(run: PastRun): Verdict {
  const { how } = run.seen;
  if (how === "exited") return pass("The run came to its end.");
  return fail(
    `The run must come to its end${endText(run).replace(/^;/, ", but")}.`,
    undefined,
    run,
  );
}

function allVerdict(run: PastRun, { conditions }: Of<"all" | "any">): Verdict {
  const verdicts: Verdict[] = [];
  for (const condition of conditions) {
    const verdict = verdictIn(run, condition);
    if (!verdict.holds) return verdict;
    verdicts.push(verdict);
  }
  return { ...pass(verdicts.map(({ reason }) => reason).join(" ")) };
}

function anyVerdict(run: PastRun, { conditions }: Of<"all" | "any">): Verdict {
  const verdicts = conditions.map((condition) => verdictIn(run, condition));
  const holding = verdicts.find(({ holds }) => holds);
  if (holding !== undefined) return holding;
  const reasons = verdicts.map(({ reason }) => reason).join(" ");
  return { ...(verdicts[0] ?? fail("")), reason: `One of these must be so. ${reasons}` };
}

function atMoments(
  run: PastRun,
  { at, isEach }: { readonly at: Occurrence; readonly isEach: boolean },
  env: string | undefined,
  verdict: (environment: number, happening: Happening) => Verdict,
): Verdict {
  const found = isEach ? run.all(at) : [run.one(at)];
  if (found.length === 0) {
    const problem = run.unknown(at) ?? `${upperFirst(occurrenceText(at))} never happened`;
    return failed(run, { problem });
  }
  let last: Verdict | undefined;
  for (const happening of found) {
    if ("problem" in happening) return failed(run, happening);
    const environment = run.goTo(happening, at, env);
    if ("problem" in environment) return failed(run, environment);
    last = verdict(environment.id, happening);
    if (!last.holds) return last;
  }
  return last ?? pass("");
}

const LISTED = 4;

function listText(items: readonly string[]): string {
  const more = items.length - LISTED;
  return `${items.slice(0, LISTED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
