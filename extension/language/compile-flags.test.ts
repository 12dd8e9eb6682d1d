/** The files for clangd and cpptools, tried with the real clang on the real samples. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { flagsFile, isOurs, propertiesFile } from "./compile-flags.ts";

const ROOT = join(import.meta.dirname, "../..");

test("clang accepts the samples with the flags of compile_flags.txt, and finds what is wrong in a wrong one", () => {
  const flags = flagsFile(ROOT).trim().split("\n");
  const check = (path: string) => {
    const run = spawnSync("clang", [...flags, "-fsyntax-only", path], { encoding: "utf8" });
    return run.error?.message ?? run.stderr;
  };
  const samples = ["page-fault.c", "threads", "rpc", "ping-pong"].flatMap((name) =>
    name.endsWith(".c")
      ? [name]
      : readdirSync(join(ROOT, "test-workspace", name))
          .filter((file) => file.endsWith(".c"))
          .map((file) => `${name}/${file}`),
  );
  expect(samples.length).toBeGreaterThan(4);
  for (const sample of samples)
    expect(check(join(ROOT, "test-workspace", sample)), sample).toBe("");
  expect(check(join(ROOT, "test-workspace/bad/does-not-compile.c"))).toContain("error:");
});

test("a file of the user's own is told from ours, whichever version wrote it", () => {
  const older = (text: string) => text.replaceAll(ROOT, "/old/exoscope-0.0.1");
  expect(isOurs("compile_flags.txt", older(flagsFile(ROOT)))).toBe(true);
  expect(isOurs("c_cpp_properties.json", older(propertiesFile(ROOT)))).toBe(true);
  expect(isOurs("compile_flags.txt", "-I/usr/include\n")).toBe(false);
  expect(isOurs("c_cpp_properties.json", '{"configurations":[{"name":"Linux"}]}')).toBe(false);
  expect(isOurs("c_cpp_properties.json", "// a comment")).toBe(false);
});

test("cpptools is told every folder of headers that exists", () => {
  const { configurations } = JSON.parse(propertiesFile(ROOT));
  const folder = mkdtempSync(join(tmpdir(), "exo-flags-"));
  try {
    const source = join(folder, "a.c");
    writeFileSync(
      source,
      "#include <threads.h>\n#include <socket.h>\nint main(void) { return 0; }\n",
    );
    const includes = configurations[0].includePath.slice(1).map((path: string) => `-I${path}`);
    const run = spawnSync(
      "clang",
      ["--target=riscv32-unknown-elf", ...includes, "-fsyntax-only", source],
      { encoding: "utf8" },
    );
    expect([run.status, run.stderr]).toEqual([0, ""]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
