/**
 * The guards of a kernel call in the order in which its decoding evaluates them, read from the kernel's own source: what `decode` calls,
 * followed into the functions that several calls share.
 */
import type { KernelSource } from "#debug-adapter";

export interface GuardOfCall {
  readonly name: string;
  /** The error of a refusal by it: `INVAL`. */
  readonly error: string;
  readonly isStructural: boolean;
  /** Evaluated only where the call acts for another environment: its first parameter is not 0. */
  readonly isForOthers: boolean;
  readonly file: string;
  readonly line: number;
}

interface Body {
  readonly file: string;
  readonly text: string;
}

/** Slot 0 is the caller itself, who needs no capability for that. */
const ACTS_FOR = "requireEnvironment";

const CALL = /(?<!\w)(?<!(?<!\.\.)\.)(guard|need|unless|[a-z]\w*)(?:<[^()]*>)?\(/g;

/** By the name of the call's row: `pageAlloc`. */
export function guardsByCall(source: KernelSource): Map<string, GuardOfCall[]> {
  const functions = functionsIn(source);
  const result = new Map<string, GuardOfCall[]>();
  for (const [name, place] of Object.entries(source.calls)) {
    const lines = (source.files[place.file] ?? "").split("\n");
    const text = lines.slice(place.decode - 1, Math.max(place.decode, place.invoke - 1)).join("\n");
    const found: GuardOfCall[] = [];
    follow({ file: place.file, text }, functions, source, found, new Set());
    result.set(name, found);
  }
  return result;
}

function follow(
  body: Body,
  functions: ReadonlyMap<string, Body>,
  source: KernelSource,
  found: GuardOfCall[],
  entered: ReadonlySet<string>,
  isForOthers = false,
): void {
  for (const match of body.text.matchAll(CALL)) {
    const callee = match[1] ?? "";
    if (callee === "guard" || callee === "need" || callee === "unless") {
      const args = body.text.slice(match.index + match[0].length);
      const [, name, given] = /^[^"`]*?"([^"]*)"(?:[\s\S]*?"([A-Z]+)",)?/.exec(args) ?? [];
      const error = callee === "unless" ? "AGAIN" : given;
      const place = name === undefined ? undefined : source.guards[name];
      if (name === undefined || error === undefined || place === undefined) continue;
      if (found.some((each) => each.name === name && each.isForOthers === isForOthers)) continue;
      const { file, line, isStructural } = place;
      found.push({ name, error, isStructural, isForOthers, file, line });
      continue;
    }
    const next = functions.get(`${body.file} ${callee}`) ?? functions.get(callee);
    if (next === undefined || entered.has(callee)) continue;
    follow(
      next,
      functions,
      source,
      found,
      new Set([...entered, callee]),
      isForOthers || callee === ACTS_FOR,
    );
  }
}

/** Functions of the kernel's that take the decoding of a call, by name: only they can hold guards. */
function functionsIn(source: KernelSource): Map<string, Body> {
  const found = new Map<string, Body>();
  for (const [file, text] of Object.entries(source.files)) {
    if (file.endsWith("/kernel-call.ts")) continue;
    for (const match of text.matchAll(/^(?:export )?function (\w+)(?:<[^(]*>)?\([\s\S]*?^\}/gm)) {
      if (/\b(?:call|decoding): Decoding\b/.test(match[0])) {
        const header = match[0].indexOf("(");
        const body = { file, text: match[0].slice(header) };
        // Two files may have one of the same name, each for itself.
        found.set(`${file} ${match[1]}`, body);
        if (match[0].startsWith("export")) found.set(match[1] ?? "", body);
      }
    }
  }
  return found;
}
