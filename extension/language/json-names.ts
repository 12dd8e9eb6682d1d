/**
 * What is named by the strings of our JSON files: a scenario's programs, a specification's scenario, the marks and environments that a
 * lesson speaks of. Keys and fixed words are the schemas' affair (extension/schemas).
 */
import { getLocation, type Node, parseTree } from "jsonc-parser";

export type Format = "scenario" | "grade" | "lesson";

/** A file by what it may be; a mark `//@step` in a source; an environment of the scenario. */
export type Named =
  | "program"
  | "runnable"
  | "source"
  | "scenario"
  | "lesson"
  | "any"
  | "mark"
  | "environment";

export interface NameAt {
  readonly named: Named;
  /** What stands there now. */
  readonly value: string;
  /** Of what is within the quotes, or where they would be: UTF-16 code units. */
  readonly start: number;
  readonly end: number;
  /** Whether the quotes are there. */
  readonly isQuoted: boolean;
  /** Of a mark: the source that is named beside it. */
  readonly source?: string;
}

const ENDINGS: readonly (readonly [string, Format])[] = [
  [".exo.json", "scenario"],
  [".grade.json", "grade"],
  [".lesson.json", "lesson"],
];

export function formatOf(path: string): Format | undefined {
  return ENDINGS.find(([ending]) => path.endsWith(ending))?.[1];
}

const PROGRAM = /\.(c|S|s|elf)$/;
const SOURCE = /\.(c|h|S|s)$/;

/** Which files can stand for a name. */
export function isOf(named: Named, path: string): boolean {
  switch (named) {
    case "program":
      return PROGRAM.test(path);
    case "source":
      return SOURCE.test(path);
    case "scenario":
      return path.endsWith(".exo.json");
    case "runnable":
      return PROGRAM.test(path) || path.endsWith(".exo.json");
    case "lesson":
      return path.endsWith(".lesson.json");
    case "any":
      return !/\.(exo|grade|lesson)\.json$/.test(path);
    default:
      return false;
  }
}

/** What is named where somebody types; undefined where the schema or nobody knows. */
export function nameAt(format: Format, text: string, offset: number): NameAt | undefined {
  const { path, previousNode, isAtPropertyKey } = getLocation(text, offset);
  if (isAtPropertyKey) return undefined;
  const named = namedBy(format, path);
  if (named === undefined) return undefined;
  const isIn =
    previousNode?.type === "string" &&
    offset > previousNode.offset &&
    offset < previousNode.offset + previousNode.length;
  const place = isIn
    ? { ...insideOf(previousNode), isQuoted: true }
    : { value: "", start: offset, end: offset, isQuoted: false };
  const source = named === "mark" ? sourceBeside(text, path) : undefined;
  return { named, ...place, ...(source === undefined ? {} : { source }) };
}

/** All files that a text names, for links. */
export function filesIn(format: Format, text: string): NameAt[] {
  const found: NameAt[] = [];
  const visit = (node: Node, path: readonly (string | number)[]) => {
    if (node.type === "string") {
      const named = namedBy(format, path);
      if (named !== undefined && named !== "mark" && named !== "environment") {
        found.push({ named, ...insideOf(node), isQuoted: true });
      }
    } else if (node.type === "array") {
      node.children?.forEach((child, i) => {
        visit(child, [...path, i]);
      });
    } else if (node.type === "object") {
      for (const { children } of node.children ?? []) {
        if (children?.[1] !== undefined) visit(children[1], [...path, String(children[0]?.value)]);
      }
    }
  };
  const root = parseTree(text);
  if (root !== undefined) visit(root, []);
  return found;
}

/** The scenario or program that a specification or a lesson is about, as it names it. */
export function subjectOf(text: string): string | undefined {
  const root = parseTree(text);
  const value = root && memberOf(root, "scenario")?.value;
  return typeof value === "string" ? value : undefined;
}

/** Names of a scenario's environments: an environment's own, or its program's. */
export function environmentsOf(scenario: string): string[] {
  const root = parseTree(scenario);
  const list = root && memberOf(root, "environments");
  return (list?.children ?? []).flatMap((each) => {
    const name = memberOf(each, "name")?.value;
    const program = memberOf(each, "program")?.value;
    if (typeof name === "string") return [name];
    return typeof program === "string" ? [program.replace(/^.*\//, "").replace(PROGRAM, "")] : [];
  });
}

/** The marks of a source, in its order. */
export function marksOf(source: string): string[] {
  return [
    ...new Set([...source.matchAll(/\/\/@step ([a-z0-9-]+)\s*$/gm)].map(([, name = ""]) => name)),
  ];
}

const ENVIRONMENT_KEYS = new Set([
  "env",
  "created",
  "target",
  "owner",
  "from",
  "to",
  "holder",
  "by",
  "callee",
  "arbiter",
  "exitStatus",
]);

function namedBy(format: Format, path: readonly (string | number)[]): Named | undefined {
  const last = path.at(-1);
  if (format === "scenario") {
    if (path[0] === "environments" && path.length === 3 && last === "program") return "program";
    if (path[0] === "disk") {
      if (last === "image" && path.length === 2) return "any";
      if (path[1] === "files" && path.length === 3) return "any";
      if (path[1] === "files" && path.length === 4 && last === "program") return "program";
      if (path[1] === "files" && path.length === 4 && last === "file") return "any";
    }
    if (path[0] === "network" && (last === "packets" || last === "file")) return "any";
    return undefined;
  }
  const isOfGrade = format === "grade";
  if (last === "scenario") return isOfGrade ? "scenario" : "runnable";
  if (isOfGrade && path.length === 1 && last === "file") return "program";
  if (!isOfGrade && path.length === 1 && last === "next") return "lesson";
  if (last === "file") return "source";
  if (last === "marker") return "mark";
  // A lesson's parameters and arguments are words of its own.
  const isOfConditions = path.length > 2 && path[0] !== "parameters" && path[0] !== "environments";
  return isOfConditions && ENVIRONMENT_KEYS.has(String(last)) ? "environment" : undefined;
}

function insideOf({ offset, length, value }: Node) {
  return {
    value: String(value),
    start: offset + 1,
    end: Math.max(offset + 1, offset + length - 1),
  };
}

/** The `file` beside a `marker`, or else that of the step which it is in. */
function sourceBeside(text: string, path: readonly (string | number)[]): string | undefined {
  const root = parseTree(text);
  let node = root;
  let found: unknown;
  for (const part of path.slice(0, -1)) {
    if (node === undefined) break;
    found = memberOf(node, "file")?.value ?? found;
    node = typeof part === "number" ? node.children?.[part] : memberOf(node, part);
  }
  found = (node && memberOf(node, "file")?.value) ?? found;
  return typeof found === "string" ? found : undefined;
}

function memberOf(node: Node, name: string): Node | undefined {
  if (node.type !== "object") return undefined;
  return node.children?.find(({ children }) => children?.[0]?.value === name)?.children?.[1];
}
