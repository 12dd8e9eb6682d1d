import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseElf } from "#emulator";
import {
  buildGuest,
  CACHE,
  compileGuest,
  LIBOS,
  ROOT,
  runPrograms,
  WORKSPACE,
} from "../testing/run-guest.ts";
import { compile } from "./compile.ts";
import { type Compiler, findCompiler } from "./find-compiler.ts";
import { buildPrebuilt, findPrebuilt } from "./prebuilt.ts";

let scratch = "";
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "exoscope-compile-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Writes a source into the scratch folder. */
function source(name: string, text: string): string {
  const path = join(scratch, name);
  writeFileSync(path, text);
  return path;
}

async function compilers(): Promise<Compiler[]> {
  const found = await Promise.all(
    ["zig", "clang", "gcc"].map((preferred) => findCompiler({ preferred, searchFrom: [ROOT] })),
  );
  return found.flatMap(({ compiler }) => (compiler === undefined ? [] : [compiler]));
}

describe.each(await compilers())("with $kind", (compiler) => {
  test.each(["0", "2"] as const)("hello is compiled with -O%s and runs", async (optimisation) => {
    const image = await buildGuest(join(WORKSPACE, "hello.c"), { compiler, optimisation });
    const run = runPrograms([{ name: "hello", image }]);
    expect(run.output).toBe("Hello from an exokernel.\n");
    expect(run.statuses.get("hello")).toBe(0);
  });

  test("a part of the libOS takes the place of the default one where a header or the request names it", async () => {
    const libosFolder = join(scratch, `libos of ${compiler.kind}`);
    cpSync(LIBOS, libosFolder, { recursive: true });
    const part = (name: string, files: Readonly<Record<string, string>>) => {
      mkdirSync(join(libosFolder, name, "include"), { recursive: true });
      for (const [file, text] of Object.entries(files)) {
        writeFileSync(join(libosFolder, name, file), text);
      }
    };
    const weak = "#include <stdio.h>\n#include <libos.h>\nEXO_API ";
    // Both are there in the default libOS, in a file with others that it needs.
    part("loud", {
      "include/loud.h": "void shout(void);\n",
      "loud.c": `#include <quiet.h>\n${weak}void shout(void) { puts("LOUD"); quiet(); }\n`,
      "exit.c": `#include <stdlib.h>\n${weak}void exit(int status) { console_flush(); _exit(status + 40); }\n`,
    });
    part("quiet", {
      "include/quiet.h": "void quiet(void);\n",
      "quiet.c": `${weak}void quiet(void) { puts("quiet"); }\nint loudness;\n`,
    });
    // Both could not be linked: they define one thing twice that is not weak.
    part("hushed", {
      replaces: "quiet\n",
      "hushed.c": `${weak}void quiet(void) { puts("hushed"); }\nint loudness;\n`,
    });
    part("three", { "main.c": `${weak}int number(void) { return 3; }\n` });
    const text = "#include <stdlib.h>\nint main(void) {";
    const plain = source("plain.c", `${text} exit(2); }\n`);
    const shouting = source("shouting.c", `#include <loud.h>\n${text} shout(); exit(2); }\n`);
    const number = source(
      "number.c",
      `${text} return number(); }\n__attribute__((weak)) int number(void) { return 1; }\n`.replace(
        text,
        `int number(void);\n${text}`,
      ),
    );
    const run = async (path: string, libos?: readonly string[]) => {
      const image = await buildGuest(path, { compiler, libosFolder, libos });
      const { output, statuses } = runPrograms([{ name: "it", image }]);
      return [output, statuses.get("it")];
    };
    expect(await run(plain)).toEqual(["", 2]);
    expect(await run(shouting)).toEqual(["LOUD\nquiet\n", 42]);
    expect(await run(plain, ["loud"])).toEqual(["", 42]);
    expect(await run(shouting, ["hushed"])).toEqual(["LOUD\nhushed\n", 42]);
    expect(await run(plain, ["quiet", "hushed"])).toEqual(["", 2]);
    // What the program defines itself comes first.
    expect(await run(number, ["three"])).toEqual(["", 1]);
    const wrong = await compileGuest(plain, { compiler, libosFolder, libos: ["four"] });
    expect(!wrong.ok && wrong.text).toMatch(
      /^The libOS has no part 'four'; it has .*hushed.*loud.*, quiet, .*three/,
    );
  });

  test("errors have their places", async () => {
    const path = join(WORKSPACE, "bad/does-not-compile.c");
    const result = await compileGuest(path, { compiler });
    expect(result.ok).toBe(false);
    const errors = result.diagnostics.filter(({ severity }) => severity === "error");
    expect(errors.map(({ file, line, column }) => [file, line, column])).toEqual([
      [path, 10, 18],
      [path, 11, 17],
    ]);
  });

  test("a function that nobody defines is an error where it is called", async () => {
    const path = source(
      "undefined.c",
      "void nowhere(void);\n\nint main(void)\n{\n  nowhere();\n}\n",
    );
    const result = await compileGuest(path, { compiler });
    expect(result.ok).toBe(false);
    expect(result.diagnostics).toMatchObject([
      { file: path, line: 5, severity: "error", message: expect.stringContaining("'nowhere'") },
    ]);
  });
});

test("a program of several sources with macros and folders of its own is compiled", async () => {
  mkdirSync(join(scratch, "headers"), { recursive: true });
  writeFileSync(join(scratch, "headers", "answer.h"), "int answer(void);\n");
  const one = source("one.c", "#include <answer.h>\nint main(void) { return answer() + EXTRA; }\n");
  const two = source("two.c", "#ifdef FLAG\nint answer(void) { return 40; }\n#endif\n");
  const image = await buildGuest(one, {
    sources: [one, two],
    includeFolders: [join(scratch, "headers")],
    defines: { EXTRA: "2", FLAG: "" },
  });
  expect(runPrograms([{ name: "one", image }]).statuses.get("one")).toBe(42);
});

test("a program without main is told so", async () => {
  const result = await compileGuest(source("no-main.c", "int x;\n"));
  expect(result.diagnostics).toMatchObject([{ message: "the program defines no function 'main'" }]);
});

test("warnings come with a program that compiles", async () => {
  const result = await compileGuest(source("warns.c", "int main(void)\n{\n  int unused;\n}\n"));
  expect(result.ok).toBe(true);
  expect(result.diagnostics).toMatchObject([{ line: 3, column: 7, severity: "warning" }]);
});

test("floating-point arithmetic is linked with the compiler's runtime", async () => {
  const path = source(
    "float.c",
    '#include <stdio.h>\nint main(void)\n{\n  volatile double d = 3;\n  d *= 2.5;\n  printf("%d\\n", (int)d);\n}\n',
  );
  const run = runPrograms([{ name: "float", image: await buildGuest(path) }]);
  expect(run.output).toBe("7\n");
}, 60_000);

test("debug information names sources by their own path and the libOS by exo:/libos", async () => {
  const path = source("where.c", '#include <stdio.h>\nint main(void) { puts("here"); }\n');
  const result = await compileGuest(path);
  const text = readFileSync(result.ok ? result.output : "", "latin1");
  expect(text).toContain(path);
  expect(text).toContain("exo:/libos/console.c");
  expect(text).not.toContain(LIBOS);
});

test("the same source gives the same program, with the same build id", async () => {
  const path = source("same.c", "int main(void) { return 0; }\n");
  const [first, second] = await Promise.all(
    ["first.elf", "second.elf"].map((name) => compileGuest(path, { output: join(scratch, name) })),
  );
  expect([first.ok, second.ok]).toEqual([true, true]);
  const bytes = readFileSync(join(scratch, "first.elf"));
  expect(readFileSync(join(scratch, "second.elf")).equals(bytes)).toBe(true);
  const note = parseElf(bytes).sections.find(({ name }) => name === ".note.gnu.build-id");
  expect(note?.size).toBe(16 + 20);
});

test("a cache folder that cannot be made is one sentence that names it", async () => {
  const file = source("a-file", "");
  const result = await compileGuest(join(WORKSPACE, "hello.c"), {
    cacheFolder: join(file, "cache"),
  });
  expect(result).toMatchObject({ ok: false, diagnostics: [] });
  expect(!result.ok && result.text).toBe(
    `The folder '${join(file, "cache")}', where compiled programs are kept, cannot be written: a part of its path is a file; make room or set EXOSCOPE_CACHE to another folder.`,
  );
});

test("a compilation that is stopped says so", async () => {
  const result = await compileGuest(join(WORKSPACE, "hello.c"), { signal: AbortSignal.abort() });
  expect(result).toEqual({ ok: false, diagnostics: [], text: "The compilation was stopped." });
});

test("a compiler that cannot be started is one sentence", async () => {
  const missing = join(scratch, "no-such-zig");
  const result = await compile({
    compiler: { kind: "zig", name: missing, cc: [missing], link: [missing], archive: [missing] },
    sources: [join(WORKSPACE, "hello.c")],
    output: join(scratch, "x.elf"),
    libosFolder: LIBOS,
    cacheFolder: CACHE,
  });
  expect(!result.ok && result.text).toMatch(/^The compiler '.*' could not be started: .*ENOENT\.$/);
});

test.each([
  ["clang", /^No clang 14 or later .*; install clang and lld\.$/],
  ["gcc", /^'riscv64-unknown-elf-gcc' was not found; install /],
  ["/no/such/compiler", /^The compiler '\/no\/such\/compiler' .*npm install @oven\/zig/],
])("without %s one sentence says what to install", async (preferred, sentence) => {
  const found = await findCompiler({ preferred, searchFrom: [], environment: { PATH: "" } });
  expect(found.compiler).toBeUndefined();
  expect("because" in found && found.because).toMatch(sentence);
});

describe("shipped programs", () => {
  const ADDED = "int main(void) { return 7; }\n";

  // Each builds a whole libOS, and more than once.
  const PATIENCE = 120_000;

  test("are built once, found by their source, and not for a source that differs", {
    timeout: PATIENCE,
  }, async () => {
    const workspace = join(scratch, "workspace");
    const outputFolder = join(scratch, "guests");
    mkdirSync(join(workspace, "deeper"), { recursive: true });
    writeFileSync(join(workspace, "seven.c"), ADDED);
    writeFileSync(
      join(workspace, "deeper", "eight.c"),
      '#include "eight.h"\nint main(void) { return EIGHT; }\n',
    );
    writeFileSync(join(workspace, "deeper", "eight.h"), "#define EIGHT 8\n");
    const [compiler] = await compilers();
    if (compiler === undefined) throw new Error("no compiler");
    const request = {
      compiler,
      libosFolder: LIBOS,
      workspaceFolder: workspace,
      cacheFolder: CACHE,
      outputFolder,
    };
    expect(await buildPrebuilt(request)).toEqual({
      built: ["deeper/eight.c", "seven.c"],
      failures: [],
      upToDate: false,
    });
    expect(await buildPrebuilt(request)).toMatchObject({ built: [], upToDate: true });

    // A copy elsewhere, with another system's line ends, is the same source.
    const copy = source("seven.c", ADDED.replaceAll("\n", "\r\n"));
    const elf = findPrebuilt(outputFolder, copy);
    expect(elf).toBe(join(outputFolder, "seven.elf"));
    const text = readFileSync(elf ?? "", "latin1");
    expect(text).toContain("exo:/test-workspace/seven.c");
    expect(text).not.toContain(scratch);
    expect(text).not.toContain(ROOT);

    expect(findPrebuilt(outputFolder, source("seven.c", ADDED.replace("7", "9")))).toBeUndefined();
    writeFileSync(join(workspace, "deeper", "eight.h"), "#define EIGHT 9\n");
    expect(findPrebuilt(outputFolder, join(workspace, "deeper/eight.c"))).toBeUndefined();
    expect(await buildPrebuilt(request)).toMatchObject({ upToDate: false, failures: [] });
  });

  test("a program that does not compile is named, and tried again by the next build", {
    timeout: PATIENCE,
  }, async () => {
    const workspace = join(scratch, "failing");
    mkdirSync(workspace, { recursive: true });
    writeFileSync(join(workspace, "wrong.c"), "int main(void) { return }\n");
    const [compiler] = await compilers();
    if (compiler === undefined) throw new Error("no compiler");
    const request = {
      compiler,
      libosFolder: LIBOS,
      workspaceFolder: workspace,
      cacheFolder: CACHE,
      outputFolder: join(scratch, "failing-guests"),
    };
    const first = await buildPrebuilt(request);
    expect(first.failures).toMatchObject([
      { source: "wrong.c", text: expect.stringContaining("error:") },
    ]);
    expect((await buildPrebuilt(request)).upToDate).toBe(false);
  });
});
