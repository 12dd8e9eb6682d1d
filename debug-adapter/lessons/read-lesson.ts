/** Reads lesson files and CodeTour files. The schema for editors is `extension/schemas/lesson.schema.json`; this has the last word. */
import { type ParseError, parse, printParseErrorCode } from "jsonc-parser";
import { UserError } from "../errors.ts";
import type {
  Anchor,
  BrokenVariant,
  Json,
  Lesson,
  LessonStep,
  Prediction,
  PredictionKind,
  PredictionOption,
  Run,
} from "./lesson.ts";
import { expressionsIn } from "./template.ts";

const KINDS: readonly PredictionKind[] = ["choice", "number", "frame", "text"];

const LESSON_KEYS = [
  ...["$schema", "title", "description", "misconception", "minutes", "next", "scenario"],
  ...["args", "environments", "parameters", "steps", "check", "broken"],
];
const STEP_KEYS = [
  ...["title", "description", "file", "marker", "pattern", "view", "commands", "scenario", "args"],
  ...["environments", "until", "predict", "then", "reveal", "check", "notes"],
];
const PREDICT_KEYS = ["kind", "ask", "options", "answerFrom", "wrong", "hints"];
const BROKEN_KEYS = ["scenario", "args", "environments", "because", "at", "check"];

export const isTourName = (path: string): boolean => path.endsWith(".tour");
export const isLessonName = (path: string): boolean => /\.lesson\.json$/.test(path);

export const badLesson = (path: string, what: string): UserError =>
  new UserError(180, `${path}: ${what}.`);

/** Reads a lesson, or a tour by its name. Throws a `UserError` that says what and where. */
export function readLesson(path: string, text: string): Lesson {
  const errors: ParseError[] = [];
  const json: unknown = parse(text, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error !== undefined) {
    const line = text.slice(0, error.offset).split("\n").length;
    throw badLesson(path, `line ${line} is not JSON (${printParseErrorCode(error.error)})`);
  }
  return isTourName(path) ? new Reader(path).tour(json) : new Reader(path).lesson(json);
}

type Item = Readonly<Record<string, unknown>>;

class Reader {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  lesson(json: unknown): Lesson {
    const item = this.#object(json, "the lesson");
    this.#known(item, "the lesson", LESSON_KEYS);
    const run = this.#run(item, "the lesson");
    const parameters = this.#parameters(item["parameters"]);
    const steps = this.#list(item["steps"], "'steps'").map((step, i) => this.#step(step, i));
    if (steps.length === 0) this.#fail("'steps' must have at least one step");
    if (run === undefined && steps.every((step) => step.run === undefined)) {
      this.#fail("'scenario' is missing: name a program or a scenario, relative to the lesson");
    }
    const next = this.#optionalText(item, "next", "");
    const misconception = this.#optionalText(item, "misconception", "");
    const { minutes } = item;
    if (minutes !== undefined && !(typeof minutes === "number" && minutes > 0)) {
      this.#fail("'minutes' must be a number above 0");
    }
    return {
      path: this.#path,
      title: this.#text(item, "title", ""),
      description: this.#optionalText(item, "description", "") ?? "",
      ...(misconception === undefined ? {} : { misconception }),
      ...(minutes === undefined ? {} : { minutes }),
      ...(next === undefined ? {} : { next }),
      ...(run === undefined ? {} : { run }),
      parameters,
      steps,
      check: this.#conditions(item["check"], "'check'"),
      broken: this.#list(item["broken"] ?? [], "'broken'").map((each, i) => this.#broken(each, i)),
    };
  }

  /** CodeTour's own format: steps at a file and a pattern or a line, and nothing that happens at run time. */
  tour(json: unknown): Lesson {
    const item = this.#object(json, "the tour");
    const steps = this.#list(item["steps"], "'steps'").map((each, i): LessonStep => {
      const where = `step ${i + 1}`;
      const step = this.#object(each, where);
      const description = this.#optionalText(step, "description", `${where}: `) ?? "";
      const title = this.#optionalText(step, "title", `${where}: `) ?? tourTitle(description, i);
      const file = this.#optionalText(step, "file", `${where}: `);
      const pattern = this.#optionalText(step, "pattern", `${where}: `);
      const view = this.#optionalText(step, "view", `${where}: `);
      const { line } = step;
      if (line !== undefined && !(Number.isInteger(line) && Number(line) > 0)) {
        this.#fail(`${where}: 'line' must be a line number from 1 on`);
      }
      return {
        title,
        description,
        ...(file === undefined
          ? {}
          : {
              anchor: {
                file,
                ...(pattern === undefined ? {} : { pattern }),
                ...(line === undefined ? {} : { line: Number(line) }),
              },
            }),
        ...(view === undefined ? {} : { view }),
        commands: this.#texts(step["commands"] ?? [], `${where}: 'commands'`),
        check: [],
      };
    });
    return {
      path: this.#path,
      title: this.#text(item, "title", ""),
      description: this.#optionalText(item, "description", "") ?? "",
      ...(typeof item["nextTour"] === "string" ? { next: item["nextTour"] } : {}),
      parameters: {},
      steps,
      check: [],
      broken: [],
    };
  }

  #step(json: unknown, index: number): LessonStep {
    const where = `step ${index + 1}`;
    const item = this.#object(json, where);
    this.#known(item, where, STEP_KEYS);
    const at = `${where}: `;
    const run = this.#run(item, where);
    const anchor = this.#anchor(item, where);
    const view = this.#optionalText(item, "view", at);
    const reveal = this.#optionalText(item, "reveal", at);
    const notes = this.#optionalText(item, "notes", at);
    if (reveal !== undefined) this.#template(reveal, `${at}'reveal'`);
    const { until, then, predict } = item;
    return {
      title: this.#text(item, "title", at),
      description: this.#text(item, "description", at),
      ...(anchor === undefined ? {} : { anchor }),
      ...(view === undefined ? {} : { view }),
      commands: this.#texts(item["commands"] ?? [], `${at}'commands'`),
      ...(run === undefined ? {} : { run }),
      ...(until === undefined ? {} : { until }),
      ...(predict === undefined ? {} : { predict: this.#prediction(predict, where) }),
      ...(then === undefined ? {} : { then }),
      ...(reveal === undefined ? {} : { reveal }),
      check: this.#conditions(item["check"], `${at}'check'`),
      ...(notes === undefined ? {} : { notes }),
    };
  }

  #prediction(json: unknown, step: string): Prediction {
    const where = `${step}: 'predict'`;
    const item = this.#object(json, where);
    this.#known(item, where, PREDICT_KEYS);
    const kind = KINDS.find((each) => each === item["kind"]);
    if (kind === undefined) this.#fail(`${where}: 'kind' must be one of ${KINDS.join(", ")}`);
    if (item["answerFrom"] === undefined) {
      this.#fail(
        `${where}: 'answerFrom' is missing: say from what in the run the answer is computed`,
      );
    }
    const options = this.#options(item["options"], kind, where);
    const wrong = this.#object(item["wrong"] ?? {}, `${where}: 'wrong'`);
    for (const [key, hint] of Object.entries(wrong)) {
      if (typeof hint !== "string") this.#fail(`${where}: 'wrong.${key}' must be text`);
      if (kind === "choice" && !options.some((option) => option.key === key)) {
        this.#fail(`${where}: 'wrong' has the key '${key}', which is no option`);
      }
    }
    return {
      kind,
      ask: this.#text(item, "ask", `${where}: `),
      options,
      answerFrom: item["answerFrom"],
      wrong: wrong as Readonly<Record<string, string>>,
      hints: this.#texts(item["hints"] ?? [], `${where}: 'hints'`),
    };
  }

  #options(json: unknown, kind: PredictionKind, where: string): readonly PredictionOption[] {
    if (kind !== "choice") {
      if (json !== undefined) this.#fail(`${where}: only a choice has 'options'`);
      return [];
    }
    const item = this.#object(json, `${where}: 'options'`);
    const options = Object.entries(item).map(([key, text]) => {
      if (typeof text !== "string") this.#fail(`${where}: 'options.${key}' must be text`);
      return { key, text };
    });
    if (options.length < 2) this.#fail(`${where}: 'options' must have two options or more`);
    return options;
  }

  #broken(json: unknown, index: number): BrokenVariant {
    const where = `'broken', variant ${index + 1}`;
    const item = this.#object(json, where);
    this.#known(item, where, BROKEN_KEYS);
    const run = this.#run(item, where);
    if (run === undefined) this.#fail(`${where}: 'scenario' is missing`);
    if (item["at"] === undefined)
      this.#fail(`${where}: 'at' is missing: which event is the wrong one`);
    return {
      run,
      because: this.#text(item, "because", `${where}: `),
      at: item["at"],
      ...(item["check"] === undefined
        ? {}
        : { check: this.#conditions(item["check"], `${where}: 'check'`) }),
    };
  }

  #run(item: Item, where: string): Run | undefined {
    const at = where === "the lesson" ? "" : `${where}: `;
    const program = this.#optionalText(item, "scenario", at);
    const args = item["args"] === undefined ? undefined : this.#texts(item["args"], `${at}'args'`);
    const environments =
      item["environments"] === undefined
        ? undefined
        : this.#object(item["environments"], `${at}'environments'`);
    if (program === undefined) {
      const loose = args === undefined ? environments && "environments" : "args";
      if (loose !== undefined) this.#fail(`${at}'${loose}' needs a 'scenario' that it is for`);
      return undefined;
    }
    if (!/(\.c|\.elf|\.exo\.json)$/.test(program)) {
      this.#fail(
        `${at}'scenario' must name a C file, an executable (.elf) or a scenario (.exo.json)`,
      );
    }
    const isScenario = program.endsWith(".exo.json");
    if (isScenario && args !== undefined) {
      this.#fail(`${at}'args' is for a program; a scenario's are in 'environments', by name`);
    }
    if (!isScenario && environments !== undefined) {
      this.#fail(`${at}'environments' is for a scenario; a program's arguments are in 'args'`);
    }
    return {
      program,
      ...(args === undefined ? {} : { args }),
      ...(environments === undefined
        ? {}
        : {
            environments: Object.fromEntries(
              Object.entries(environments).map(([name, list]) => [
                name,
                this.#texts(list, `${at}'environments.${name}'`),
              ]),
            ),
          }),
    };
  }

  #anchor(item: Item, where: string): Anchor | undefined {
    const file = this.#optionalText(item, "file", `${where}: `);
    const marker = this.#optionalText(item, "marker", `${where}: `);
    const pattern = this.#optionalText(item, "pattern", `${where}: `);
    if (marker !== undefined && pattern !== undefined) {
      this.#fail(`${where}: 'marker' and 'pattern' both say where in the file; keep one`);
    }
    if (file === undefined) {
      if (marker ?? pattern) this.#fail(`${where}: 'file' is missing: which file has it`);
      return undefined;
    }
    if (pattern !== undefined) this.#regexp(pattern, where);
    return {
      file,
      ...(marker === undefined ? {} : { marker }),
      ...(pattern === undefined ? {} : { pattern }),
    };
  }

  #regexp(pattern: string, where: string): void {
    try {
      new RegExp(pattern, "m");
    } catch {
      this.#fail(`${where}: 'pattern' is no regular expression: ${pattern}`);
    }
  }

  #parameters(json: unknown): Readonly<Record<string, readonly string[]>> {
    const item = this.#object(json ?? {}, "'parameters'");
    return Object.fromEntries(
      Object.entries(item).map(([name, list]) => {
        const values = this.#texts(list, `'parameters.${name}'`);
        if (values.length === 0) this.#fail(`'parameters.${name}' must have a value at least`);
        return [name, values];
      }),
    );
  }

  #template(text: string, where: string): void {
    const problem = expressionsIn(text).problem;
    if (problem !== undefined) this.#fail(`${where}: ${problem}`);
  }

  #conditions(json: unknown, where: string): readonly Json[] {
    return json === undefined ? [] : this.#list(json, where);
  }

  #list(json: unknown, where: string): readonly unknown[] {
    if (!Array.isArray(json)) this.#fail(`${where} must be a list`);
    return json;
  }

  #texts(json: unknown, where: string): readonly string[] {
    return this.#list(json, where).map((each) => {
      if (typeof each !== "string") this.#fail(`${where} must be a list of texts`);
      return each;
    });
  }

  #object(json: unknown, where: string): Item {
    if (typeof json !== "object" || json === null || Array.isArray(json)) {
      this.#fail(`${where} must be an object`);
    }
    return json as Item;
  }

  #known(item: Item, where: string, keys: readonly string[]): void {
    const unknown = Object.keys(item).find((key) => !keys.includes(key));
    if (unknown === undefined) return;
    this.#fail(`${where} has the unknown key '${unknown}'; it takes ${keys.join(", ")}`);
  }

  #text(item: Item, key: string, at: string): string {
    const text = this.#optionalText(item, key, at);
    if (text === undefined || text === "") this.#fail(`${at}'${key}' is missing`);
    return text;
  }

  #optionalText(item: Item, key: string, at: string): string | undefined {
    const value = item[key];
    if (value === undefined || typeof value === "string") return value;
    this.#fail(`${at}'${key}' must be text`);
  }

  #fail(what: string): never {
    throw badLesson(this.#path, what);
  }
}

/** CodeTour's own rule: a heading at the beginning of the text is the title. */
function tourTitle(description: string, index: number): string {
  return /^#+\s*(.+)/.exec(description)?.[1] ?? `Step ${index + 1}`;
}
