// The kernel's source as a debugger shows it: its texts, where each guard stands, and where each call is decoded and invoked.
// TypeScript 7 has no parser that a script could call, and calls with their arguments are all that is looked for: brackets are
// matched in a copy of the text whose comments and strings are blank.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const FOLDERS = ["exokernel", "exokernel/calls"];

/** Reads the kernel's sources. Throws with a sentence for each guard whose name is no literal or is there twice. */
export function readKernelSource() {
  const texts = {};
  for (const folder of FOLDERS) {
    for (const name of readdirSync(join(root, folder)).sort()) {
      if (!name.endsWith(".ts") || name.endsWith(".test.ts")) continue;
      texts[`${folder}/${name}`] = readFileSync(join(root, folder, name), "utf8");
    }
  }
  return kernelSource(texts);
}

/** The same of given texts, by path. Only files with a guard or a call are kept. */
export function kernelSource(texts) {
  const files = {};
  const guards = {};
  const calls = {};
  const problems = [];
  for (const [file, text] of Object.entries(texts)) {
    const lineAt = (offset) => text.slice(0, offset).split("\n").length;
    const keepGuard = (name, place) => {
      const known = guards[name];
      if (known !== undefined) {
        problems.push(`'${name}' is at ${known.file}:${known.line} and at ${file}:${place.line}`);
      }
      guards[name] = { file, ...place };
      files[file] = text;
    };
    for (const { callee, at, list } of callsIn(text)) {
      const line = lineAt(at);
      if (callee === "defineCall") {
        const place = callPlace(text, list[0], lineAt);
        if (place === undefined) continue;
        const { name, ...lines } = place;
        calls[name] = { file, ...lines };
        files[file] = text;
      } else {
        const name = literal(list[1]?.text);
        // guard() itself hands its name on to need().
        if (name === undefined && file.endsWith("/kernel-call.ts")) continue;
        if (name === undefined) problems.push(`the guard at ${file}:${line} has no literal name`);
        else
          keepGuard(name, {
            line,
            text: condensed(list[2]?.text),
            isStructural: callee !== "guard",
          });
      }
    }
    // `{ ..., guard: "call exists" }`: the refusal of a call that is none, which has no decode.
    for (const match of text.matchAll(/\{[^{}]*\bguard: ("[^"]*")[^{}]*\}/g)) {
      const line = lineAt(match.index + match[0].search(/\bguard: /));
      const name = literal(match[1]);
      if (name !== undefined) {
        keepGuard(name, { line, text: `guard: ${match[1]}`, isStructural: true });
      }
    }
  }
  if (problems.length > 0) {
    throw new Error(`Guards need unique literal names: ${problems.join("; ")}.`);
  }
  return { files, guards, calls };
}

const condensed = (text = "") => text.trim().replace(/\s+/g, " ");
const literal = (text = "") => /^"([^"\\]*)"$/.exec(text.trim())?.[1];

/** Every call of a guard and every definition of a kernel call: where it begins, and its arguments with their offsets. */
function* callsIn(text) {
  const blank = blanked(text);
  const pattern = /(?<![.\w]|function )(guard|need|unless|defineCall)(?:<[^()]*>)?\(/g;
  for (const match of blank.matchAll(pattern)) {
    const open = match.index + match[0].length;
    yield { callee: match[1], at: match.index, list: piecesOf(text, blank, open) };
  }
}

/** The pieces between commas from an open bracket to where it is closed. */
function piecesOf(text, blank, open) {
  const list = [];
  let depth = 0;
  let start = open;
  for (let at = open; at < blank.length; at += 1) {
    const isEnd = depth === 0 && ")]}".includes(blank[at]);
    if (isEnd || (depth === 0 && blank[at] === ",")) {
      list.push({ at: start, text: text.slice(start, at) });
      start = at + 1;
      if (isEnd) break;
    } else if ("([{".includes(blank[at])) depth += 1;
    else if (")]}".includes(blank[at])) depth -= 1;
  }
  return list;
}

/** `{ name: "pageAlloc", decode: ..., invoke: ... }` */
function callPlace(text, argument, lineAt) {
  const brace = argument === undefined ? -1 : text.indexOf("{", argument.at);
  if (brace < 0 || condensed(argument.text)[0] !== "{") return undefined;
  const place = {};
  for (const piece of piecesOf(text, blanked(text), brace + 1)) {
    const [, key, value] = /^\s*(\w+):([\s\S]*)/.exec(blankedComments(piece.text)) ?? [];
    const line = lineAt(piece.at + piece.text.search(/\w+:/));
    if (key === "name") place.name = literal(value);
    if (key === "decode" || key === "invoke") place[key] = line;
  }
  return place.name === undefined ? undefined : place;
}

const COMMENT = /\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;
const blankedComments = (text) => text.replace(COMMENT, spaces);

/** The text with comments, strings and templates blank, at the same offsets. */
function blanked(text) {
  const pattern =
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\$]|\\.|\$(?!\{)|\$\{(?:[^{}`]|`(?:[^`\\]|\\.)*`|\{[^{}]*\})*\})*`/g;
  return text.replace(pattern, spaces);
}

function spaces(text) {
  return text.replace(/[^\n]/g, " ");
}
