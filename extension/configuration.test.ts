// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the file's.
import { expect, test } from "vitest";
import {
  completed,
  configurationFor,
  hasMain,
  isProgram,
  literally,
  meansOpenFile,
  problemOf,
} from "./configuration.ts";

test.each([
  ["/w/hello.c", true],
  ["/w/a.elf", true],
  ["/w/ping-pong.exo.json", true],
  ["/w/ping-pong.exorec", true],
  ["/w/exorec", false],
  ["/w/package.json", false],
  ["/w/libos.h", false],
  ["/w/README.md", false],
])("%s as a program: %s", (path, expected) => {
  expect(isProgram(path)).toBe(expected);
});

/** As launch.json spells it. */
const variable = (name: string): string => `$\{${name}}`;

test.each([
  [undefined, true],
  ["", true],
  [variable("file"), true],
  [`${variable("workspaceFolder")}/${variable("relativeFile")}`, true],
  [`${variable("workspaceFolder")}/hello.c`, false],
  ["hello.c", false],
])("the program %j is the open file: %s", (program, expected) => {
  expect(meansOpenFile({ program })).toBe(expected);
});

test("a part of a program has no main", () => {
  expect(hasMain("int\nmain(int argc, char **argv)\n{")).toBe(true);
  expect(hasMain("int domain(void);")).toBe(false);
});

test("what is missing is filled in, and the console has a terminal that nothing covers", () => {
  expect(completed(configurationFor("hello.c"), { compiler: "clang", folder: "/w" })).toEqual({
    type: "exoscope",
    request: "launch",
    name: "hello.c",
    program: "/w/hello.c",
    cwd: "/w",
    compiler: "clang",
    console: "terminal",
    internalConsoleOptions: "neverOpen",
  });
});

test("what launch.json says is kept", () => {
  const said = {
    ...configurationFor("/x/hello.c", "Hello"),
    cwd: "/x",
    compiler: "gcc",
    console: "debugConsole" as const,
    tick: 500,
  };
  expect(completed(said, { compiler: "clang", folder: "/w" })).toEqual(said);
});

test("in a literal part VS Code finds no variable to replace, and the adapter gets it as it was", () => {
  const part = { environmentArguments: { greedy: ["polite", "${env:filler}"] } };
  const { literal } = literally(part);
  expect(literal).not.toContain("$");
  const configuration = { ...configurationFor("/x/a.exo.json"), literal };
  const complete = completed(configuration, { compiler: "" });
  expect(complete).toMatchObject(part);
  expect(complete).not.toHaveProperty("literal");
});

test("an empty compiler setting leaves the choice to the adapter", () => {
  expect(completed(configurationFor("/x/a.c"), { compiler: "" })).not.toHaveProperty("compiler");
});

test("a configuration that cannot be launched is refused in one sentence", () => {
  expect(problemOf(configurationFor("/w/hello.c"), true)).toBeUndefined();
  expect(problemOf(configurationFor("/w/hello.c"), false)).toBe(
    '/w/hello.c does not exist: correct "program" in launch.json or create the file.',
  );
  expect(problemOf(configurationFor("/w/README.md"), true)).toMatch(/^README\.md is no program: /);
});
