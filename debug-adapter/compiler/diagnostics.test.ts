import { expect, test } from "vitest";
import { parseDiagnostics, parseLinkErrors, undefinedSymbols } from "./diagnostics.ts";

test.each([
  {
    what: "a place of clang",
    text: "/home/a/b.c:3:7: error: expected ';'\n  int x\n       ^\n",
    expected: ["/home/a/b.c", 3, 7, "error", "expected ';'"],
  },
  {
    what: "a relative file",
    text: "b.c:3:7: warning: unused variable 'x' [-Wunused-variable]\n",
    expected: ["/cwd/b.c", 3, 7, "warning", "unused variable 'x' [-Wunused-variable]"],
  },
  {
    what: "no column",
    text: "/b.S:12: error: unknown instruction\n",
    expected: ["/b.S", 12, 1, "error", "unknown instruction"],
  },
  {
    what: "a fatal error",
    text: "/b.c:1:10: fatal error: 'nothing.h' file not found\n",
    expected: ["/b.c", 1, 10, "error", "'nothing.h' file not found"],
  },
  {
    what: "colours",
    text: "\u001b[1m/b.c:2:1: \u001b[0m\u001b[0;1;31merror: \u001b[0m\u001b[1mno\u001b[0m\n",
    expected: ["/b.c", 2, 1, "error", "no"],
  },
])("a diagnostic with $what is read", ({ text, expected }) => {
  const [found] = parseDiagnostics(text, "/cwd");
  expect(found && Object.values(found)).toEqual(expected);
});

test("what is no diagnostic is passed over", () => {
  const text = "In file included from /a.c:1:\n2 errors generated.\nld.lld: error: no\n";
  expect(parseDiagnostics(text, "/cwd")).toEqual([]);
});

test("an undefined symbol of lld is placed where it is first used", () => {
  const text =
    "ld.lld: error: undefined symbol: nope\n>>> referenced by b.c:2\n>>>               /x/0-b.c.o:(main)\n\n";
  expect(parseLinkErrors(text, ["/home/b.c"])).toEqual([
    {
      file: "/home/b.c",
      line: 2,
      column: 1,
      severity: "error",
      message: "'nope' is used and defined nowhere: not in the program, not in the libOS",
      origin: "linker",
    },
  ]);
});

test("an undefined symbol of GNU ld is placed where it is used", () => {
  const text =
    "/usr/bin/ld: /tmp/b.o: in function `main':\n/home/b.c:7: undefined reference to `x'\n";
  expect(parseLinkErrors(text, ["/home/b.c"])).toMatchObject([{ file: "/home/b.c", line: 7 }]);
  expect(undefinedSymbols(text)).toEqual(["x"]);
});

test.each([
  ["__divdf3", true],
  ["__fixdfsi", true],
  ["__addsf3", true],
  ["__floatundidf", false],
  ["__extenddftf2", false],
] as const)(
  "of a missing helper %s it is said where it is, and whether the machine can do it: %s",
  (symbol, canMachine) => {
    const text = `ld.lld: error: undefined symbol: ${symbol}\n>>> referenced by b.c:2\n>>> b.o:(main)\n\n`;
    const [found] = parseLinkErrors(text, ["/home/b.c"]);
    expect(found?.message).toMatch(/own helper .* is missing.*compile with zig/);
    expect(/"floatingPoint": "hardware"/.test(found?.message ?? "")).toBe(canMachine);
  },
);

test("a missing main is said in plain words, at the first source", () => {
  const text =
    "ld.lld: error: undefined symbol: main\n>>> referenced by main.c:30 (exo:/libos/main.c:30)\n>>>  main.c.o:(libos_main) in archive libexo.a\n";
  expect(parseLinkErrors(text, ["/home/b.c"])).toMatchObject([
    { file: "/home/b.c", line: 1, message: "the program defines no function 'main'" },
  ]);
});

test("a symbol that is defined twice is placed at its first definition", () => {
  const text =
    "ld.lld: error: duplicate symbol: twice\n>>> defined at a.c:4\n>>>            /x/0-a.c.o:(twice)\n>>> defined at b.c:9\n";
  expect(parseLinkErrors(text, ["/home/a.c", "/home/b.c"])).toMatchObject([
    { file: "/home/a.c", line: 4, message: "'twice' is defined twice" },
  ]);
});
