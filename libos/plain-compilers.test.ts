/** The commands of docs/libos.md, run as its readers do: with a compiler of theirs, in a folder with the libOS and the page's programs. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { isLeftOut } from "../debug-adapter/testing/installed.ts";
import { LIBOS, ROOT } from "../debug-adapter/testing/run-guest.ts";

const PAGE = readFileSync(join(ROOT, "docs/libos.md"), "utf8");
const BLOCKS = [...PAGE.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, text = ""]) => ({
  language,
  text,
}));
const PROGRAMS = BLOCKS.filter(({ language }) => language === "c").map(({ text }) => ({
  name: /^\/\/ (\S+\.c)$/m.exec(text)?.[1] ?? "",
  text,
}));
const COMMANDS = BLOCKS.filter(({ language }) => language === "sh").flatMap(({ text }) =>
  text.replaceAll("\\\n", " ").split("\n").filter(Boolean),
);

/** What each program prints, and its exit status. */
const EXPECTED: Readonly<Record<string, readonly [RegExp, number]>> = {
  "mine.elf": [/^fault at 0x7ffd[0-9a-f]{4}\nhello\n$/, 3],
  "twice.elf": [/^my child ended with 4\n$/, 4],
  "own.elf": [/^own\n$/, 5],
};

const NEEDS: Readonly<Record<string, readonly string[]>> = { clang: ["clang", "ld.lld"] };

function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "exoscope-plain-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(LIBOS, join(folder, "libos"), { recursive: true });
  for (const { name, text } of PROGRAMS) writeFileSync(join(folder, name), text);
  return folder;
}

test("every program of docs/libos.md is compiled there, by clang and by GCC", () => {
  const made = COMMANDS.map((command) => command.match(/^(\S+) .*-o (\S+)$/)?.slice(1));
  const compilers = ["clang", "riscv64-unknown-elf-gcc"];
  const wanted = Object.keys(EXPECTED).flatMap((elf) => compilers.map((each) => [each, elf]));
  expect(made.sort()).toEqual(wanted.sort());
  expect(PROGRAMS.map(({ name }) => name.replace(/c$/, "elf")).sort()).toEqual(
    Object.keys(EXPECTED).sort(),
  );
});

describe.each(COMMANDS.map((command) => [command.replace(/ .* -o /, " makes "), command] as const))(
  "%s",
  (_name, command) => {
    const [compiler = ""] = command.split(" ");
    const isSkipped = isLeftOut(
      NEEDS[compiler] ?? [compiler],
      "a command of docs/libos.md is not run",
    );

    test.skipIf(isSkipped)("without a warning, and what it makes does what the page says", () => {
      const folder = freshFolder();
      const made = spawnSync("sh", ["-c", command], { cwd: folder, encoding: "utf8" });
      expect(made.stderr + made.stdout).toBe("");
      expect(made.status).toBe(0);
      const elf = command.split(" ").at(-1) ?? "";
      const [output, status] = EXPECTED[elf] ?? [/^$/, -1];
      const run = spawnSync(process.execPath, [join(ROOT, "dist/exo.js"), "run", elf], {
        cwd: folder,
        encoding: "utf8",
        input: "",
      });
      expect(run.stdout, run.stderr).toMatch(output);
      expect(run.status).toBe(status);
    });
  },
);
