/** Numbers and texts that a run gives. */
import { placeNow } from "../queries/look-back.ts";
import { codeFrames, stackOf } from "../stack.ts";
import { EVENT_FIELDS, type FieldKind, fieldValue } from "./event-fields.ts";
import { holdingsOf } from "./holdings.ts";
import type { Happening } from "./observation.ts";
import type { Missing, PastRun } from "./past-run.ts";
import type { Computed, Occurrence } from "./syntax.ts";
import { valueNow } from "./values-at.ts";

export interface Answer {
  readonly value: number | string;
  /** As people read it, where that differs: a pointer in hexadecimal. */
  readonly text: string;
  /** The moment that it is of, where there is one. */
  readonly happening?: Happening;
}

const answer = (value: number | string, happening?: Happening): Answer => ({
  value,
  text: String(value),
  ...(happening === undefined ? {} : { happening }),
});

/** Moves the run. */
export function computeIn(run: PastRun, computed: Computed): Answer | Missing {
  switch (computed.kind) {
    case "constant":
      return answer(computed.value);
    case "count": {
      const found = run.within(computed.what, computed.within);
      if ("problem" in found) return found;
      const problem = found.length === 0 ? run.unknown(computed.what) : undefined;
      return problem === undefined ? answer(found.length, found.at(-1)) : { problem };
    }
    case "value": {
      const { at, env, expression, frame } = computed;
      return atMoment(run, at, env, (environment, happening) => {
        const found = valueNow(run.debuggee, environment, expression, frame);
        if (!("problem" in found)) return { ...found, happening };
        return { problem: `'${expression}' has no value there: ${found.problem}` };
      });
    }
    case "steps": {
      const from = run.one(computed.from);
      if ("problem" in from) return from;
      const { nth } = computed.to;
      // The first one after the begin, unless another is asked for.
      const to =
        nth === 1
          ? run.bounds({ after: computed.from, before: computed.to })
          : run.one(computed.to);
      if ("problem" in to) return to;
      const end = "at" in to ? to : to.last;
      return end === undefined ? answer(0) : answer(end.at.step - from.at.step, end);
    }
    case "field":
      return fieldOf(run, computed.what, computed.field);
    case "environment": {
      const found = run.one(computed.what);
      return "problem" in found ? found : answer(found.name, found);
    }
    case "function":
    case "line":
      return atMoment(run, computed.at, computed.env, (environment, happening) => {
        if (computed.kind === "line") {
          const place = placeNow(run.debuggee, environment);
          return place === undefined
            ? { problem: "It stands in no source there" }
            : answer(place.line, happening);
        }
        const [top] = codeFrames(stackOf(run.debuggee, environment));
        return top === undefined
          ? { problem: "It stands in no function there" }
          : answer(top.functionName, happening);
      });
    case "held":
      return atMoment(run, computed.at, computed.env, (environment, happening) =>
        answer(holdingsOf(run.debuggee.view, environment, computed.holding).length, happening),
      );
    case "freePages":
      return atMoment(run, computed.at, undefined, (_, happening) =>
        answer(run.debuggee.view.freePages, happening),
      );
    case "exit": {
      const environment = run.environment(computed.env);
      if ("problem" in environment) return environment;
      const ended = run.endOf(environment);
      return ended === undefined
        ? { problem: `${environment.name} has not ended` }
        : answer(ended.status, ended.happening);
    }
    case "output": {
      const { text } = run.output(computed.env);
      const found = computed.pattern.exec(text);
      if (found === null)
        return { problem: `Nothing in the output matches /${computed.pattern.source}/` };
      const [whole, group = whole] = found;
      return answer(/^-?\d{1,15}$/.test(group) ? Number(group) : group);
    }
    case "sum":
    case "difference":
    case "product":
      return arithmetic(run, computed);
  }
}

function atMoment(
  run: PastRun,
  at: Occurrence,
  env: string | undefined,
  compute: (environment: number, happening: Happening) => Answer | Missing,
): Answer | Missing {
  const happening = run.one(at);
  if ("problem" in happening) return happening;
  const environment = run.goTo(happening, at, env);
  return "problem" in environment ? environment : compute(environment.id, happening);
}

function fieldOf(run: PastRun, what: Occurrence, field: string): Answer | Missing {
  const found = run.one(what);
  if ("problem" in found) return found;
  const { event } = found;
  if (field === "step") return answer(found.at.step, found);
  if (field === "text" || event === undefined) return answer(found.text, found);
  const kind = (EVENT_FIELDS[event.kind] as Readonly<Record<string, FieldKind>>)[field] ?? "none";
  const value = fieldValue(event, field, kind, (id) => nameOf(run, id));
  if (typeof value === "number") return answer(value, found);
  return answer(Array.isArray(value) ? value.join(", ") : String(value ?? ""), found);
}

function nameOf(run: PastRun, id: number): string {
  const { environments } = run.seen;
  if (id === 0) return "kernel";
  return environments.find((each) => each.id === id)?.name ?? run.debuggee.nameOf(id);
}

function arithmetic(
  run: PastRun,
  { kind, of }: Extract<Computed, { kind: "sum" | "difference" | "product" }>,
): Answer | Missing {
  const numbers: number[] = [];
  for (const part of of) {
    const found = computeIn(run, part);
    if ("problem" in found) return found;
    if (typeof found.value !== "number") {
      return { problem: `'${found.text}' is no number, and cannot be part of a ${kind}` };
    }
    numbers.push(found.value);
  }
  const [first = 0, ...rest] = numbers;
  return answer(
    rest.reduce((a, b) => (kind === "sum" ? a + b : kind === "difference" ? a - b : a * b), first),
  );
}
