/** Completion, hover, signatures and definitions on the real files of the libOS and of the sample. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { CALLS, ERRORS } from "#exokernel";
import { readKernelSource } from "../../tools/kernel-source.mjs";
import { AssemblyFeatures } from "./assembly-features.ts";
import { MNEMONICS, mnemonicText } from "./assembly-text.ts";
import { declarationsOf } from "./c-declarations.ts";
import { CFeatures } from "./c-features.ts";
import { guardsByCall } from "./call-guards.ts";
import { kernelCalls } from "./kernel-call-text.ts";
import { Library } from "./library.ts";
import { extentOf } from "./options.ts";

const ROOT = join(import.meta.dirname, "../..");
const library = new Library(join(ROOT, "libos"));
const guards = guardsByCall(readKernelSource());
const calls = kernelCalls(guards);
const c = new CFeatures(library, calls, join(ROOT, "docs/abi.md"));
const assembly = new AssemblyFeatures(library, calls);
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const FILE = join(ROOT, "test-workspace/unsaved.c");

/** A text in which `|` is the place. */
function at(marked: string): [string, number] {
  return [marked.replace("|", ""), marked.indexOf("|")];
}
const hoverText = (hover: ReturnType<CFeatures["hover"]>): string =>
  (hover?.contents as { value: string } | undefined)?.value ?? "";
const placeOf = (list: readonly { uri: string; range: { start: { line: number } } }[]): string =>
  list
    .map(({ uri, range }) => {
      const path = fileURLToPath(uri);
      return `${path.slice(ROOT.length + 1)}: ${readFileSync(path, "utf8").split("\n")[range.start.line]}`;
    })
    .join();

test("the hover of a kernel call says what it does, its parameters, its guards in order and its errors", () => {
  const text = hoverText(c.hover(FILE, ...at("#include <exo.h>\nint x = exo_page_al|loc("), "all"));
  expect(text).toContain(
    "int exo_page_alloc(exo_slot environment, exo_slot memory, uint32_t frame",
  );
  expect(text).toContain("Allocates a free physical page");
  expect(text).toContain("- `memory` (a1): capability of kind memory with CONTROL");
  const order = [
    "slot is in the table",
    "capability is of the kind",
    "page exists",
    "page is free",
    "slot is empty",
  ];
  const places = order.map((name) => text.indexOf(`. ${name} (`));
  expect(places.every((place) => place > 0)).toBe(true);
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(text).toContain("`EXO_E_TAKEN` (-4): the resource named is not free");
});

test("every kernel call that can be refused has guards, and each has an error of the interface", () => {
  for (const [name, row] of Object.entries(CALLS)) {
    const found = guards.get(name);
    expect(found, name).toBeDefined();
    if (row.parameters.length > 0) expect(found?.length, name).toBeGreaterThan(0);
    for (const { error } of found ?? []) expect(Object.keys(ERRORS)).toContain(error);
  }
});

test("hover shows a libOS function's declaration with its comment, and none in comments and strings", () => {
  const text = hoverText(
    c.hover(FILE, ...at("#include <libos.h>\nint y(void) { return slot_al|loc(); }"), "all"),
  );
  expect(text).toContain("int slot_alloc(void)");
  expect(text).toContain("Capability slots");
  expect(c.hover(FILE, ...at("#include <libos.h>\n// slot_al|loc\n"), "all")).toBeUndefined();
  expect(
    c.hover(FILE, ...at('#include <libos.h>\nchar *s = "slot_al|loc";'), "all"),
  ).toBeUndefined();
});

test("a part's functions are known where its header is included, and nowhere else", () => {
  const labels = (text: string) => c.completion(FILE, ...at(text), "all").map(({ label }) => label);
  expect(labels("#include <threads.h>\nvoid f(void) { thr|")).toContain("thread_create");
  expect(labels("#include <stdio.h>\nvoid f(void) { thr|")).not.toContain("thread_create");
  expect(labels("#include <stdio.h>\nvoid f(void) { pri|")).toContain("printf");
});

test("a kernel call is offered without its header, which comes with it below the last include", () => {
  const item = c
    .completion(FILE, ...at("#include <stdio.h>\n\nint main(void) { exo_pa|"), "all")
    .find(({ label }) => label === "exo_page_alloc");
  expect(item?.additionalTextEdits).toEqual([
    {
      range: { start: { line: 1, character: 0 }, end: { line: 1, character: 0 } },
      newText: "#include <exo.h>\n",
    },
  ]);
});

test("nothing is offered for members and in strings, and headers in an include line", () => {
  const labels = (text: string) => c.completion(FILE, ...at(text), "all").map(({ label }) => label);
  expect(labels("#include <libos.h>\nint f(struct upcall_frame *g) { g->|")).toEqual([]);
  expect(labels('#include <libos.h>\nchar *s = "exo|')).toEqual([]);
  expect(labels("#include <thr|")).toContain("threads.h");
});

test("signature help knows which argument is written, and its meaning", () => {
  const help = c.signatureHelp(
    FILE,
    ...at("#include <exo.h>\nint m = exo_bind(0, (f(1, 2)), |"),
    "all",
  );
  expect(help?.activeParameter).toBe(2);
  expect(help?.signatures[0]?.parameters?.map(({ label }) => label)).toEqual([
    "exo_slot environment",
    "uintptr_t address",
    "exo_slot page",
    "exo_rights rights",
  ]);
  expect(help?.signatures[0]?.parameters?.[2]?.documentation).toBe("capability of kind page");
  expect(
    c.signatureHelp(FILE, ...at('#include <stdio.h>\nint m = printf("a, b", 1, 2, |'), "all")
      ?.activeParameter,
  ).toBe(1);
});

test("definition goes to the documented call, to the libOS's source, to a header and to a function of the file", () => {
  const go = (text: string) => placeOf(c.definition(FILE, ...at(text), "all"));
  expect(go("#include <exo.h>\nint a = exo_page_al|loc(0")).toBe(
    "docs/abi.md: ### page_alloc (0x20)",
  );
  expect(go("#include <libos.h>\nint a = slot_al|loc(")).toMatch(/^libos\/slots\.c: slot_alloc\(/);
  expect(go("#include <threads.h>\nint a = thread_cr|eate(")).toMatch(/^libos\/threads\/\w+\.c: /);
  expect(go("#include <thr|eads.h>\n")).toMatch(/^libos\/threads\/include\/threads\.h: /);
  const [text, offset] = at("static int own(void)\n{ return 1; }\nint b(void) { return ow|n(); }");
  expect(c.definition(FILE, text, offset, "all")[0]?.range.start).toEqual({
    line: 0,
    character: 11,
  });
});

test("every function that a header of the libOS declares with a definition in it is found there", () => {
  const missing = declarationsOf(read("libos/include/libos.h"))
    .filter(({ kind, isDefinition }) => kind === "function" && !isDefinition)
    .filter(
      ({ name }) => library.definition(name, join(ROOT, "libos/include/libos.h")) === undefined,
    )
    .map(({ name }) => name);
  expect(missing).toEqual([]);
});

test("beside another C extension only kernel calls have a hover, and nothing is completed", () => {
  expect(extentOf("auto", true)).toBe("kernelCalls");
  expect(extentOf("auto", false)).toBe("all");
  expect(extentOf("all", true)).toBe("all");
  const text = "#include <libos.h>\nint a = slot_al|loc();";
  expect(c.hover(FILE, ...at(text), "kernelCalls")).toBeUndefined();
  expect(c.completion(FILE, ...at(text), "kernelCalls")).toEqual([]);
  expect(hoverText(c.hover(FILE, ...at("int a = exo_bi|nd("), "kernelCalls"))).toContain(
    "Kernel call 0x22",
  );
});

test("a header beside the file that changes on the disk is read anew", () => {
  const folder = mkdtempSync(join(tmpdir(), "exo-language-"));
  try {
    const names = () =>
      new Library(join(ROOT, "libos"))
        .visibleFrom(join(folder, "a.c"), '#include "own.h"\n')
        .map(({ name }) => name);
    writeFileSync(join(folder, "own.h"), "int first(void);\n");
    expect(names()).toEqual(["first"]);
    writeFileSync(join(folder, "own.h"), "int second(void);\n");
    expect(names()).toEqual(["second"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("assembly: an instruction's hover has its operation, operands, encoding and section", () => {
  const text = hoverText(assembly.hover("a.S", ...at("  ad|di sp, sp, -16\n")));
  expect(text).toContain("addi rd, rs1, imm");
  expect(text).toContain("rd = rs1 + imm");
  expect(text).toContain("....... ..... ..... 000 ..... 0010011");
  expect(text).toContain("Immediate: -2048 to 2047.");
  expect(text).toContain("Unpriv §2.4");
});

test("assembly: pseudo-instructions say what they expand to, by the number of operands", () => {
  expect(hoverText(assembly.hover("a.S", ...at("x: re|t\n")))).toContain("jalr zero, 0(ra)");
  expect(hoverText(assembly.hover("a.S", ...at("  l|i a0, 5\n")))).toContain("lui");
  const jal = hoverText(assembly.hover("a.S", ...at("  ja|l f\n")));
  expect(jal).toContain("jal ra, $1");
  expect(hoverText(assembly.hover("a.S", ...at("  ja|l t0, f\n")))).not.toContain("$1");
  for (const mnemonic of MNEMONICS) expect(mnemonicText(mnemonic), mnemonic).toBeDefined();
});

test("assembly: registers, CSRs, macros of headers and labels", () => {
  expect(hoverText(assembly.hover("a.S", ...at("  mv a|0, a1\n")))).toContain(
    "(x10): argument 0 and result",
  );
  expect(hoverText(assembly.hover("a.S", ...at("  csrr t0, ue|pc\n")))).toContain(
    "where uret jumps",
  );
  const path = join(ROOT, "libos/upcall.S");
  const text = read("libos/upcall.S");
  expect(hoverText(assembly.hover(path, text, text.indexOf("EXO_CSR_USCRATCH")))).toContain(
    "EXO_CSR_USCRATCH",
  );
  const [target] = assembly.definition(path, text, text.indexOf("1f"));
  expect(text.split("\n")[target!.range.start.line]).toBe("1:");
  expect(target!.range.start.line).toBeGreaterThan(
    text.slice(0, text.indexOf("1f")).split("\n").length - 1,
  );
  expect(assembly.hover("a.S", ...at("  nop // ad|di\n"))).toBeUndefined();
});

test("assembly: completion offers mnemonics first, then registers, labels and, for a CSR instruction, CSRs", () => {
  const labels = (text: string) =>
    assembly.completion("a.S", ...at(text)).map(({ label }) => label);
  expect(labels("  amo|")).toContain("amoadd.w");
  expect(labels("loop:\n  j |")).toEqual(expect.arrayContaining(["loop", "a0"]));
  expect(labels("  csrr t0, |")).toContain("ucause");
  expect(labels("  addi t0, |")).not.toContain("ucause");
});

test("completion and hover take less than 50 ms for 95 of 100 places of the largest file", () => {
  const files = ["libos", "test-workspace"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".c"))
      .map((path) => `${folder}/${path}`),
  );
  const largest = files.sort((a, b) => read(b).length - read(a).length)[0]!;
  const [path, text] = [join(ROOT, largest), read(largest)];
  const times: number[] = [];
  for (let place = 0; place < 100; place += 1) {
    const offset = Math.floor((text.length * place) / 100);
    // As after a key: no text is asked about twice.
    const typed = `${text.slice(0, offset)} e${text.slice(offset)}`;
    const started = performance.now();
    c.completion(path, typed, offset + 2, "all");
    c.hover(path, typed, offset + 2, "all");
    times.push(performance.now() - started);
  }
  const p95 = times.sort((a, b) => a - b)[94]!;
  console.info(`${largest}: p95 of completion and hover together ${p95.toFixed(1)} ms`);
  expect(p95).toBeLessThan(50);
});
