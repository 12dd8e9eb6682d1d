import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type ElfImage, type PowerFailure, parseElf } from "#emulator";
import { checkFileSystem } from "../../debug-adapter/fs/check.ts";
import { FileSystem } from "../../debug-adapter/fs/file-system.ts";
import { stripProgram } from "../../debug-adapter/strip-program.ts";
import { failEverywhere } from "../../debug-adapter/testing/power-failures.ts";
import { buildGuest, compileGuest, WORKSPACE } from "../../debug-adapter/testing/run-guest.ts";
import { FULL, TIMEOUT } from "../../exokernel/testing/sampling.ts";

const BLOCKS = 2048;
const COMMANDS =
  "echo one > a; mkdir d; ln a d/b; rm a; cat < d/b > c; echo two >> c; rm d/b; rm d; wc c";

const source = (name: string): string => join(WORKSPACE, "v6", `${name}.c`);

async function program(name: string): Promise<Uint8Array> {
  const built = await compileGuest(source(name), { optimisation: "2" });
  if (!built.ok) throw new Error(built.text);
  const bytes = new Uint8Array(readFileSync(built.output));
  return stripProgram(bytes, parseElf(bytes));
}

const world = (image: ElfImage, commands: string) => ({
  name: "world",
  image,
  arguments: ["/sh", "-c", commands],
  createsEnvironments: true,
});

/** The experiment with a world that was built from `worldSource`; every n-th request is tried. */
async function fail(worldSource: string, every: number) {
  const disk = FileSystem.make(BLOCKS);
  for (const name of ["sh", "echo", "mkdir", "ln", "rm", "cat", "wc"]) {
    disk.write(`/${name}`, await program(name), { mode: 0o755 });
  }
  const image = await buildGuest(worldSource, { optimisation: "2" });
  const seeds = FULL ? 20 : 2;
  const failures: PowerFailure[] = [
    { mode: "drop", seed: 0 },
    { mode: "keep", seed: 0 },
    ...Array.from({ length: seeds }, (_, seed): PowerFailure => ({ mode: "random", seed })),
  ];
  return failEverywhere({
    disk: { sectors: 2 * BLOCKS, image: disk.image },
    first: [world(image, COMMANDS)],
    second: [world(image, "echo still here")],
    failures,
    isTried: (request) => FULL || request % every === 0,
    judge: ({ boot }) => {
      const problems = checkFileSystem(boot.image);
      if (problems.length > 0) return problems.join("; ");
      return boot.output.endsWith("still here\n") && boot.statuses.get("world") === 0
        ? undefined
        : `the next world said '${boot.output}'`;
    },
  });
}

test(
  "whenever the power fails, the file system is whole and the next world starts on it",
  async () => {
    const report = await fail(source("world"), 5);
    expect(report.first.output).toBe("2 2 8 c\n");
    expect(report.violations.map(({ what }) => what)).toEqual([]);
    expect(report.points).toBeGreaterThan(10);
    expect(report.pointsWithSeveral).toBeGreaterThanOrEqual(report.points / 2);
  },
  TIMEOUT,
);

test(
  "a world whose log does not wait for the disk is found out",
  async () => {
    const report = await fail(join(import.meta.dirname, "tests/no-barrier.c"), 6);
    expect(report.first.output).toBe("2 2 8 c\n");
    expect(report.violations.length).toBeGreaterThan(0);
  },
  TIMEOUT,
);
