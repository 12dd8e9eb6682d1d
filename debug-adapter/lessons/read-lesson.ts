/** Reads lesson files and CodeTour files. The schema for editors is `extension/schemas/lesson.schema.json`; this has the last word. */
import { JsonPlace } from "../checks/json-place.ts";
import { readComputed, readCondition } from "../checks/read.ts";
import { readOccurrence } from "../checks/read-occurrence.ts";
import type { Condition } from "../checks/syntax.ts";
import type {
  Anchor,
  Answer,
  BrokenVariant,
  Lesson,
  LessonStep,
  Prediction,
  PredictionKind,
  PredictionOption,
  Run,
} from "./lesson.ts";
import { drawn, withValues, wordsOf } from "./parameters.ts";
import { readTemplate, type Template } from "./template.ts";

const KINDS: readonly PredictionKind[] = ["choice", "number", "frame", "text"];
const RUN_KEYS = ["scenario", "args", "environments"];
const LESSON_KEYS = [
  ...["$schema", "title", "description", "misconception", "minutes", "next", ...RUN_KEYS],
  ...["parameters", "steps", "check", "broken"],
];
const STEP_KEYS = [
  ...["title", "description", "file", "marker", "pattern", "view", "commands", ...RUN_KEYS],
  ...["until", "predict", "then", "reveal", "check", "notes"],
];

export const isTourName = (path: string): boolean => path.endsWith(".tour");
export const isLessonName = (path: string): boolean => path.endsWith(".lesson.json");

/** Reads a lesson as a seed varies it, or a tour by its name. Throws a `UserError` that says what and where. */
export function readLesson(path: string, text: string, seed = 0): Lesson {
  const place = JsonPlace.parse(path, text);
  if (isTourName(path)) return tourOf(path, place);
  const parameters = place.isObject ? (place.optional("parameters", readParameters) ?? {}) : {};
  const varied = new JsonPlace(path, "", withValues(place.value, drawn(parameters, seed)));
  return lessonOf(path, varied, parameters);
}

function lessonOf(path: string, place: JsonPlace, parameters: Lesson["parameters"]): Lesson {
  place.only(LESSON_KEYS);
  const run = readRun(place);
  const steps = place.at("steps").items(1).map(readStep);
  if (run === undefined && steps.every((step) => step.run === undefined)) {
    throw place.error("has no 'scenario': name a program or a scenario, relative to the lesson");
  }
  return {
    path,
    title: place.at("title").string(),
    description: place.optional("description", text) ?? "",
    ...given("misconception", place.optional("misconception", text)),
    ...given(
      "minutes",
      place.optional("minutes", (at) => at.integer(1)),
    ),
    ...given("next", place.optional("next", text)),
    ...given("run", run),
    parameters,
    steps,
    check: place.optional("check", readConditions) ?? [],
    broken: place.optional("broken", (at) => at.items().map(readBroken)) ?? [],
  };
}

function readStep(place: JsonPlace): LessonStep {
  place.only(STEP_KEYS);
  const anchor = readAnchor(place);
  const until = place.optional("until", readOccurrence) ?? markerOf(anchor);
  return {
    title: place.at("title").string(),
    description: place.at("description").string(),
    ...given("anchor", anchor),
    ...given("view", place.optional("view", text)),
    commands: place.optional("commands", (at) => at.items().map(text)) ?? [],
    ...given("run", readRun(place)),
    ...given("until", until),
    ...given("predict", place.optional("predict", readPrediction)),
    ...given("seenAt", place.optional("then", readOccurrence)),
    ...given("reveal", place.optional("reveal", readText)),
    check: place.optional("check", readConditions) ?? [],
    ...given("notes", place.optional("notes", text)),
  };
}

/** A step at a marker stands where that is reached first, unless it says otherwise. */
function markerOf(anchor: Anchor | undefined): LessonStep["until"] {
  if (anchor?.marker === undefined) return undefined;
  const file = anchor.file.replace(/^.*\//, "");
  return { kind: "marker", name: anchor.marker, file, nth: 1 };
}

function readPrediction(place: JsonPlace): Prediction {
  place.only(["kind", "ask", "options", "answerFrom", "wrong", "hints"]);
  const kind = place.at("kind").word(KINDS);
  const options = readOptions(place, kind);
  const wrong = place.optional("wrong", readTexts) ?? {};
  const stray = Object.keys(wrong).find(
    (key) => kind === "choice" && !options.some((option) => option.key === key),
  );
  if (stray !== undefined) throw place.at("wrong").error(`has '${stray}', which is no option`);
  return {
    kind,
    ask: place.at("ask").string(),
    options,
    answerFrom: readAnswer(place.at("answerFrom")),
    wrong,
    hints: place.optional("hints", (at) => at.items().map(text)) ?? [],
  };
}

function readOptions(place: JsonPlace, kind: PredictionKind): readonly PredictionOption[] {
  if (kind !== "choice") {
    if (place.has("options")) throw place.error(`has 'options', and its kind is ${kind}`);
    return [];
  }
  const options = Object.entries(readTexts(place.at("options")));
  if (options.length < 2) throw place.at("options").error("must have two options or more");
  return options.map(([key, each]) => ({ key, text: each }));
}

/** A computed value, or `{ "if": condition, "then": answer, "else": answer }`. */
function readAnswer(place: JsonPlace): Answer {
  if (place.value === undefined) {
    throw place.error("is missing: say from what in the run the answer is computed");
  }
  if (!place.isObject || !place.has("if")) return { kind: "computed", value: readComputed(place) };
  place.only(["if", "then", "else"]);
  return {
    kind: "if",
    condition: readCondition(place.at("if")),
    yes: readAnswer(place.at("then")),
    no: readAnswer(place.at("else")),
  };
}

function readBroken(place: JsonPlace): BrokenVariant {
  place.only([...RUN_KEYS, "because", "at", "check"]);
  const run = readRun(place);
  if (run === undefined) throw place.error("has no 'scenario'");
  return {
    run,
    because: place.at("because").string(),
    at: readOccurrence(place.at("at")),
    ...given("check", place.optional("check", readConditions)),
  };
}

function readRun(place: JsonPlace): Run | undefined {
  if (!place.has("scenario")) {
    const loose = ["args", "environments"].find((key) => place.has(key));
    if (loose !== undefined) throw place.error(`has '${loose}' without the 'scenario' it is for`);
    return undefined;
  }
  const program = place.at("scenario").string();
  if (!/\.(c|elf|exo\.json)$/.test(program)) {
    throw place
      .at("scenario")
      .error("must name a C file, an executable (.elf) or a scenario (.exo.json)");
  }
  const isScenario = program.endsWith(".exo.json");
  if (isScenario && place.has("args")) {
    throw place.at("args").error("is for a program; a scenario's are in 'environments', by name");
  }
  if (!isScenario && place.has("environments")) {
    throw place.at("environments").error("is for a scenario; a program's are in 'args'");
  }
  const environments = place.optional("environments", (at) =>
    Object.fromEntries(at.keys().map((name) => [name, at.at(name).items().map(text)])),
  );
  return {
    program,
    ...given(
      "args",
      place.optional("args", (at) => at.items().map(text)),
    ),
    ...given("environments", environments),
  };
}

function readAnchor(place: JsonPlace): Anchor | undefined {
  const [marker, pattern] = ["marker", "pattern"].map((key) => place.optional(key, text));
  if (marker !== undefined && pattern !== undefined) {
    throw place.error("has 'marker' and 'pattern', which both say where in the file; keep one");
  }
  if (!place.has("file")) {
    if (marker ?? pattern) throw place.error("has no 'file' for its marker or pattern");
    return undefined;
  }
  if (pattern !== undefined) place.at("pattern").pattern();
  const file = place.at("file").string();
  return { file, ...given("marker", marker), ...given("pattern", pattern) };
}

function readParameters(place: JsonPlace): Lesson["parameters"] {
  return Object.fromEntries(
    place.keys().map((name) => {
      const count = wordsOf(name).length;
      const values = place.at(name).items(1).map(text);
      const odd = values.find((value) => count > 1 && wordsOf(value).length !== count);
      if (odd !== undefined) {
        throw place
          .at(name)
          .error(
            `has '${odd}', and it must have ${count} values with a space between them, as the name has`,
          );
      }
      return [name, values];
    }),
  );
}

const readConditions = (place: JsonPlace): readonly Condition[] => place.items().map(readCondition);

function readTexts(place: JsonPlace): Readonly<Record<string, string>> {
  return Object.fromEntries(place.keys().map((key) => [key, place.at(key).string()]));
}

function readText(place: JsonPlace): Template {
  const read = (json: unknown) => readComputed(new JsonPlace(place.file, place.path, json));
  const template = readTemplate(place.string(), read);
  if (typeof template === "string") throw place.error(template);
  return template;
}

const text = (place: JsonPlace): string => place.string();

const given = <Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): Partial<Record<Name, Value>> =>
  value === undefined ? {} : ({ [name]: value } as Record<Name, Value>);

/** CodeTour's own format: files with a pattern or a line, and nothing that happens at run time. What we do not know is left out. */
function tourOf(path: string, place: JsonPlace): Lesson {
  return {
    path,
    title: place.at("title").string(),
    description: place.optional("description", text) ?? "",
    ...given("next", place.optional("nextTour", text)),
    parameters: {},
    steps: place.at("steps").items(1).map(readTourStep),
    check: [],
    broken: [],
  };
}

function readTourStep(place: JsonPlace, index: number): LessonStep {
  const description = place.optional("description", text) ?? "";
  // CodeTour's own rule: a heading at the beginning is the title.
  const heading = /^#+\s*(.+)\n*/.exec(description);
  const own = place.optional("title", text);
  const anchor = place.optional("file", (file) => ({
    file: file.string(),
    ...given("pattern", place.optional("pattern", text)),
    ...given(
      "line",
      place.optional("line", (at) => at.integer(1)),
    ),
  }));
  return {
    title: own ?? heading?.[1] ?? `Step ${index + 1}`,
    // What is the title is not said twice.
    description: own === undefined ? description.slice(heading?.[0].length ?? 0) : description,
    ...given("anchor", anchor),
    ...given("view", place.optional("view", text)),
    commands: place.optional("commands", (at) => at.items().map(text)) ?? [],
    check: [],
  };
}
