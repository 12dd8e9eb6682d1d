/** Conditions and computed values from JSON (docs/checks.md). Throws a `UserError` that says where in which file. */
import { fieldsOf } from "./event-fields.ts";
import { didYouMean, type JsonPlace } from "./json-place.ts";
import {
  END,
  readExpression,
  readNumberTest,
  readOccurrence,
  readStretch,
  START,
} from "./read-occurrence.ts";
import {
  type Computed,
  type Condition,
  HOLDINGS,
  type NumberTest,
  type OrderItem,
  type OutputTest,
} from "./syntax.ts";

const STRETCH = ["after", "before", "between"];
const ONCE_OR_MORE: NumberTest = { text: "at least 1", accepts: (count) => count >= 1 };
const NEVER: NumberTest = { text: "0", accepts: (count) => count === 0 };

type Reader<Result> = (place: JsonPlace) => Result;

/** By the key that tells what it is. */
const CONDITIONS: Readonly<Record<string, Reader<Condition>>> = {
  happens(place) {
    place.only(["happens", "times", "hint", ...STRETCH]);
    const times = place.optional("times", readNumberTest) ?? ONCE_OR_MORE;
    const what = readOccurrence(place.at("happens"));
    return { kind: "happens", what, times, within: readStretch(place) };
  },
  never(place) {
    place.only(["never", "hint", ...STRETCH]);
    const what = readOccurrence(place.at("never"));
    return { kind: "happens", what, times: NEVER, within: readStretch(place) };
  },
  order(place) {
    place.only(["order", "hint", ...STRETCH]);
    const items = place.at("order").items(1).map(readOrderItem);
    if (items.every(({ isForbidden }) => isForbidden)) {
      throw place.at("order").error("has nothing that happens, only what must not");
    }
    return { kind: "order", items, within: readStretch(place) };
  },
  every(place) {
    place.only(["every", "followedBy", "unless", "steps", "hint", "between", "after"]);
    const before = place.optional("unless", readOccurrence);
    const steps = place.optional("steps", (at) => at.integer(0));
    return {
      kind: "every",
      what: readOccurrence(place.at("every")),
      follower: readOccurrence(place.at("followedBy")),
      within: readStretch(place),
      ...(before === undefined ? {} : { before }),
      ...(steps === undefined ? {} : { steps }),
    };
  },
  output(place) {
    place.only(["output", "env", "hint"]);
    return { kind: "output", ...readEnv(place), test: readOutput(place.at("output")) };
  },
  exit(place) {
    place.only(["exit", "env", "hint"]);
    return { kind: "exit", ...readEnv(place), status: readNumberTest(place.at("exit")) };
  },
  holds(place) {
    place.only(["holds", "env", "frame", "at", "each", "hint"]);
    const { at, isEach } = readMoments(place);
    const expression = readExpression(place.at("holds"));
    return { kind: "holds", expression, ...readEnv(place), ...readFrame(place), at, isEach };
  },
  invariants(place) {
    place.only(["invariants", "at", "each", "hint"]);
    place.at("invariants").word(["hold"]);
    return { kind: "invariants", ...readMoments(place) };
  },
  unchanged(place) {
    return readUnchanged(place, "unchanged");
  },
  kept(place) {
    return readUnchanged(place, "kept");
  },
  number(place) {
    place.only(["number", "is", "hint"]);
    const is = place.at("is");
    const isComputed = is.isObject && !is.has("from");
    const test = isComputed ? readComputed(is) : readNumberTest(is);
    return { kind: "number", value: readComputed(place.at("number")), test };
  },
  ends(place) {
    place.only(["ends", "hint"]);
    if (!place.at("ends").flag()) throw place.at("ends").error("can only be true");
    return { kind: "ends" };
  },
  all(place) {
    place.only(["all", "hint"]);
    return { kind: "all", conditions: place.at("all").items(1).map(readCondition) };
  },
  any(place) {
    place.only(["any", "hint"]);
    return { kind: "any", conditions: place.at("any").items(1).map(readCondition) };
  },
  not(place) {
    place.only(["not", "hint"]);
    return { kind: "not", condition: readCondition(place.at("not")) };
  },
};

export const CONDITION_KEYS = Object.keys(CONDITIONS);

export function readCondition(place: JsonPlace): Condition {
  const read = CONDITIONS[keyOf(place, CONDITION_KEYS, "condition")] as Reader<Condition>;
  const hint = place.optional("hint", (at) => at.string());
  return { ...read(place), ...(hint === undefined ? {} : { hint }) };
}

const COMPUTED: Readonly<Record<string, Reader<Computed>>> = {
  count(place) {
    place.only(["count", ...STRETCH]);
    return { kind: "count", what: readOccurrence(place.at("count")), within: readStretch(place) };
  },
  value(place) {
    place.only(["value", "env", "frame", "at"]);
    const expression = readExpression(place.at("value"));
    return { kind: "value", expression, ...readEnv(place), ...readFrame(place), at: readAt(place) };
  },
  steps(place) {
    place.only(["steps"]);
    const at = place.at("steps");
    const moments = at.items();
    if (moments.length !== 2) throw at.error("must be two moments, [ from, to ]");
    const [from = START, to = END] = moments.map(readOccurrence);
    return { kind: "steps", from, to };
  },
  field(place) {
    place.only(["field", "of"]);
    const what = readOccurrence(place.at("of"));
    const at = place.at("field");
    if (what.kind !== "event") throw place.at("of").error("must be an event, which has fields");
    return { kind: "field", what, field: at.word(["step", "text", ...fieldNames(what.kinds)]) };
  },
  environment(place) {
    place.only(["environment"]);
    return { kind: "environment", what: readOccurrence(place.at("environment")) };
  },
  functionAt(place) {
    place.only(["functionAt", "env"]);
    return { kind: "function", at: readOccurrence(place.at("functionAt")), ...readEnv(place) };
  },
  lineAt(place) {
    place.only(["lineAt", "env"]);
    return { kind: "line", at: readOccurrence(place.at("lineAt")), ...readEnv(place) };
  },
  held(place) {
    place.only(["held", "env", "at"]);
    const holding = place.at("held").word(HOLDINGS);
    return { kind: "held", holding, ...readEnv(place), at: readAt(place) };
  },
  freePages(place) {
    place.only(["freePages"]);
    return { kind: "freePages", at: readOccurrence(place.at("freePages")) };
  },
  exitStatus(place) {
    place.only(["exitStatus"]);
    const env = place.at("exitStatus");
    return { kind: "exit", ...(env.value === true ? {} : { env: env.string() }) };
  },
  fromOutput(place) {
    place.only(["fromOutput", "env"]);
    return { kind: "output", ...readEnv(place), pattern: place.at("fromOutput").pattern() };
  },
  sum: (place) => readArithmetic(place, "sum"),
  difference: (place) => readArithmetic(place, "difference"),
  product: (place) => readArithmetic(place, "product"),
};

export const COMPUTED_KEYS = Object.keys(COMPUTED);

/** A number or text that is there as it is, or how it is computed. */
export function readComputed(place: JsonPlace): Computed {
  const { value } = place;
  if (typeof value === "number" || typeof value === "string") return { kind: "constant", value };
  return (COMPUTED[keyOf(place, COMPUTED_KEYS, "value")] as Reader<Computed>)(place);
}

/** The one key that says which form an object has. */
function keyOf(place: JsonPlace, keys: readonly string[], what: string): string {
  const found = place.keys().filter((key) => keys.includes(key));
  const [key] = found;
  if (key === undefined) {
    const [first = ""] = place.keys();
    throw place.error(`is no ${what}${didYouMean(first, keys)}`);
  }
  // `env` and such belong to several forms, but no form has another's own key, apart from these.
  const others = found.filter((each) => each !== key);
  if (others.length > 0)
    throw place.error(`is ${key} and ${others.join(" and ")} at once; make two of it`);
  return key;
}

function readArithmetic(place: JsonPlace, kind: "sum" | "difference" | "product"): Computed {
  place.only([kind]);
  const of = place.at(kind).items(2).map(readComputed);
  if (kind === "difference" && of.length !== 2) throw place.at(kind).error("must be of two values");
  return { kind, of };
}

function readUnchanged(place: JsonPlace, key: "unchanged" | "kept"): Condition {
  place.only([key, "env", "hint", ...STRETCH]);
  const at = place.at(key);
  const what = at.isObject ? readExpressionOnly(at, key) : at.word(HOLDINGS);
  const { after: from = START, before: to = END } = readStretch(place);
  return { kind: "unchanged", what, ...readEnv(place), from, to, mayGrow: key === "kept" };
}

function readExpressionOnly(place: JsonPlace, key: string): { readonly expression: string } {
  if (key === "kept") throw place.error(`must be one of ${HOLDINGS.join(", ")}`);
  place.only(["value"]);
  return { expression: readExpression(place.at("value")) };
}

function readOrderItem(place: JsonPlace): OrderItem {
  if (!place.isObject || !place.has("not"))
    return { what: readOccurrence(place), isForbidden: false };
  place.only(["not"]);
  return { what: readOccurrence(place.at("not")), isForbidden: true };
}

const OUTPUT_KEYS = ["contains", "lacks", "equals", "matches", "lines"];

function readOutput(place: JsonPlace): OutputTest {
  place.only(OUTPUT_KEYS);
  const key = keyOf(place, OUTPUT_KEYS, "test of the output");
  const at = place.at(key);
  switch (key) {
    case "contains":
      return { kind: "contains", texts: at.strings() };
    case "lacks":
      return { kind: "lacks", texts: at.strings() };
    case "matches":
      return { kind: "matches", pattern: at.pattern() };
    case "lines":
      return { kind: "lines", lines: at.items().map((item) => item.string()) };
    default:
      if (at.value === "") return { kind: "equals", text: "" };
      return { kind: "equals", text: at.string() };
  }
}

const readEnv = (place: JsonPlace): { readonly env?: string } =>
  place.has("env") ? { env: place.at("env").string() } : {};

const readFrame = (place: JsonPlace): { readonly frame?: string } =>
  place.has("frame") ? { frame: place.at("frame").string() } : {};

const readAt = (place: JsonPlace) => place.optional("at", readOccurrence) ?? END;

/** `at` a moment, or at `each` of them. */
function readMoments(place: JsonPlace) {
  if (!place.has("each")) return { at: readAt(place), isEach: false };
  if (place.has("at")) throw place.error("has 'at' beside 'each'; use one of them");
  return { at: readOccurrence(place.at("each")), isEach: true };
}

function fieldNames(kinds: Parameters<typeof fieldsOf>[0]): string[] {
  return [...fieldsOf(kinds).keys()];
}
