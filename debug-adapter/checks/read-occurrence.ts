/** Occurrences from JSON: `{ "event": "upcall", "env": "client" }`, `{ "marker": "pager" }`, `"end"`. */
import { parseHitCondition } from "../values/conditions.ts";
import { syntaxError } from "../values/evaluate.ts";
import { EVENT_KINDS, type FieldKind, fieldsOf, RIGHT_LETTERS, WORDS } from "./event-fields.ts";
import { didYouMean, type JsonPlace } from "./json-place.ts";
import type { FieldTest, NumberTest, Occurrence, Stretch } from "./syntax.ts";

export const START: Occurrence = { kind: "start", nth: 1 };
export const END: Occurrence = { kind: "end", nth: 1 };

const FORMS = ["event", "marker", "function", "output"] as const;
const COMMON = ["env", "if", "nth"];

export function readOccurrence(place: JsonPlace): Occurrence {
  if (place.isString) return place.word(["start", "end"]) === "start" ? START : END;
  const form = FORMS.find((each) => place.has(each));
  if (form === undefined) {
    const [first = ""] = place.keys();
    const hint = didYouMean(first, FORMS).replace("; there may be", "; it may have");
    throw place.error(`says of nothing that it happens${first === "" ? "" : hint}`);
  }
  const env = place.optional("env", (at) => at.string());
  const condition = place.optional("if", readExpression);
  const common = {
    nth: place.optional("nth", readNth) ?? 1,
    ...(env === undefined ? {} : { env }),
    ...(condition === undefined ? {} : { condition }),
  };
  switch (form) {
    case "event":
      return { ...common, ...readEvent(place) };
    case "marker": {
      place.only([...COMMON, "marker", "file"]);
      const file = place.optional("file", (at) => at.string());
      const name = place.at("marker").string();
      return { ...common, kind: "marker", name, ...(file === undefined ? {} : { file }) };
    }
    case "function":
      place.only([...COMMON, "function"]);
      return { ...common, kind: "function", name: place.at("function").string() };
    case "output":
      place.only(["env", "nth", "output"]);
      return { ...common, kind: "output", text: place.at("output").string() };
  }
}

function readEvent(place: JsonPlace): Omit<Occurrence & { kind: "event" }, "nth"> {
  const at = place.at("event");
  const kinds = at.isList
    ? at.items(1).map((item) => item.word(EVENT_KINDS))
    : [at.word(EVENT_KINDS)];
  const known = fieldsOf(kinds);
  place.only([...COMMON, "event", "text", ...known.keys()]);
  const text = place.optional("text", (each) => each.string());
  const fields = [...known].flatMap(([name, kind]) =>
    place.has(name) ? [readField(place.at(name), name, kind)] : [],
  );
  return { kind: "event", kinds, fields, ...(text === undefined ? {} : { text }) };
}

function readField(place: JsonPlace, name: string, kind: FieldKind): FieldTest {
  switch (kind) {
    case "number":
    case "numbers":
      return { name, kind, wanted: readNumberTest(place) };
    case "flag":
      return { name, kind, wanted: place.flag() };
    case "rights": {
      const wanted = place.string();
      const isKnown = [...wanted].every((letter) => RIGHT_LETTERS.includes(letter));
      if (!isKnown)
        throw place.error(`must be rights such as 'rw', of the letters ${RIGHT_LETTERS}`);
      return {
        name,
        kind,
        wanted: [...RIGHT_LETTERS].filter((each) => wanted.includes(each)).join(""),
      };
    }
    default: {
      const words = WORDS[kind];
      return { name, kind, wanted: words === undefined ? place.string() : place.word(words) };
    }
  }
}

/** `4`, `"0x40000000"`, `">= 4"`, `{ "from": 1, "to": 9 }`. */
export function readNumberTest(place: JsonPlace): NumberTest {
  if (place.isObject) {
    place.only(["from", "to"]);
    const from = readNumber(place.at("from"));
    const to = readNumber(place.at("to"));
    return {
      text: `from ${from} to ${to}`,
      accepts: (value) => value >= from && value <= to,
    };
  }
  const { value } = place;
  if (typeof value === "string" && !/^(?:0x[\da-f]+|-?\d+)$/i.test(value)) {
    const condition = parseHitCondition(value);
    if (!condition.ok)
      throw place.error(`must be a number, or text such as '>= 4', not '${value}'`);
    return { text: comparisonText(value), accepts: condition.matches };
  }
  const wanted = readNumber(place);
  const isHex = typeof value === "string" && /^0x/i.test(value);
  // Words of the machine have no sign: -1 and 0xffffffff are the same.
  return {
    text: isHex ? String(value) : String(wanted),
    accepts: (found) => found === wanted || (wanted < 0 && found === wanted >>> 0),
  };
}

function readNumber(place: JsonPlace): number {
  const { value } = place;
  if (typeof value === "string" && /^(?:0x[\da-f]+|-?\d+)$/i.test(value)) return Number(value);
  if (typeof value !== "number" || !Number.isSafeInteger(value)) {
    throw place.error("must be a whole number");
  }
  return value;
}

const WORDED: Readonly<Record<string, string>> = {
  ">=": "at least",
  ">": "more than",
  "<=": "at most",
  "<": "less than",
  "!=": "other than",
  "%": "a multiple of",
};

/** `>= 4` as people say it. */
function comparisonText(text: string): string {
  const [, operator = "", digits = ""] = /^\s*(\D*?)\s*(\d+)\s*$/.exec(text) ?? [];
  return `${WORDED[operator] ?? ""} ${digits}`.trim();
}

/** Whether a test accepts none at all. */
export const acceptsNone = (test: NumberTest): boolean => test.accepts(0);

function readNth(place: JsonPlace): number {
  const { value } = place;
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value === 0) {
    throw place.error("must be 1 for the first, 2 for the second, or -1 for the last");
  }
  return value;
}

/** A C expression, whose form can be checked before there is a program. */
export function readExpression(place: JsonPlace): string {
  const text = place.string();
  const problem = syntaxError(text);
  // Which names are types is known only where there is debug data.
  if (problem !== undefined && !/\(\s*(?:struct|union|enum|\w+_t|[a-z]\w*)\b/.test(text)) {
    throw place.error(`is no C expression: ${problem}`);
  }
  return text;
}

/** `after`, `before`, or `between` both. */
export function readStretch(place: JsonPlace): Stretch {
  if (place.has("between")) {
    const between = place.at("between");
    const items = between.items();
    if (items.length !== 2) throw between.error("must be two moments, [ from, to ]");
    if (place.has("after") || place.has("before")) {
      throw place.error("has 'between' beside 'after' or 'before'; use one of them");
    }
    const [after, before] = items.map(readOccurrence);
    return { ...(after && { after }), ...(before && { before }) };
  }
  const after = place.optional("after", readOccurrence);
  const before = place.optional("before", readOccurrence);
  return { ...(after && { after }), ...(before && { before }) };
}
