/**
 * Power failure at every write and every barrier of a run of 1,000 transfers (test-workspace/v6/bank.c): all of them in the full run,
 * else a sample. After each the platter is recovered and looked at here; after some of them a world boots on it and recovers it itself,
 * and after some of those the power fails again meanwhile.
 */
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { PowerFailure } from "#emulator";
import type { KernelDisk } from "#exokernel";
import { checkFileSystem } from "../../debug-adapter/fs/check.ts";
import { FileSystem } from "../../debug-adapter/fs/file-system.ts";
import {
  type Cut,
  type Experiment,
  failEverywhere,
  type Outcome,
  type Report,
  violationText,
} from "../../debug-adapter/testing/power-failures.ts";
import { buildDisk, buildGuest, WORKSPACE } from "../../debug-adapter/testing/run-guest.ts";
import { announceSeed, FULL, QUICK, SEED, TIMEOUT } from "../../exokernel/testing/sampling.ts";
import { historyOf, MONEY, moneyIn, treeText } from "./bank-model.ts";

announceSeed("file system power");

const TRANSFERS = FULL ? 1000 : QUICK ? 24 : 60;
const V6 = join(WORKSPACE, "v6");
const HISTORY = historyOf(TRANSFERS);

const random = (seeds: number, first = SEED): PowerFailure[] =>
  Array.from({ length: seeds }, (_, i) => ({ mode: "random", seed: (first + i * 7919) >>> 0 }));
const failures = (seeds: number, first?: number): PowerFailure[] => [
  { mode: "drop", seed: 0 },
  { mode: "keep", seed: 0 },
  ...random(seeds, first),
];

/** One of so many, beginning somewhere. */
const oneOf = (sample: number) => (request: number) => (request + SEED) % sample === 0;
const all = () => true;

let disk: KernelDisk;
beforeAll(async () => {
  disk = await buildDisk(join(V6, "bank.exo.json"), "2");
}, TIMEOUT);

/** The experiment with a world built from `source`. */
async function bank(source: string, more: Partial<Experiment>): Promise<Report> {
  const image = await buildGuest(source, { optimisation: "2" });
  const world = (transfers: number) => ({
    name: "world",
    image,
    arguments: ["/bank", String(transfers)],
    createsEnvironments: true,
  });
  return failEverywhere({
    disk,
    first: [world(TRANSFERS)],
    second: [world(0)],
    failures: failures(FULL ? 3 : 2),
    inspect,
    judge,
    ...more,
  });
}

/** How many calls had returned, and transfers: what must be there. */
function promised(said: string) {
  const lines = said.replace(/^.*\n/, "").split("\n");
  const calls = lines.map((line) => /^[a-z]*/.exec(line)?.[0] ?? "").join("");
  return {
    calls: calls.length,
    transfers: lines.filter((line) => /^[a-z]+ \d+$/.test(line)).length,
  };
}

/** The platter, once it is recovered: a sound file system with all money, and the files as the last call that returned left them, or the next. */
function inspect({ image, said, ...cut }: Cut & Partial<Outcome>): string | undefined {
  const problems = checkFileSystem(image);
  if (problems.length > 0) return problems.join(" ");
  const files = FileSystem.open(image);
  const money = moneyIn(files);
  if (money !== MONEY) return `the sum is ${money}`;
  if (cut.again !== undefined) return undefined;
  const { calls } = promised(said);
  const found = treeText(files);
  if (found === HISTORY.texts[calls] || found === HISTORY.texts[calls + 1]) return undefined;
  const then = HISTORY.texts.indexOf(found);
  return then < 0
    ? `the files are as no call left them:\n${found}`
    : `${calls} calls had returned, the files are as after ${then}`;
}

/** The next world must start, and the bank find its sum and each transfer that was reported. */
function judge({ said, boot }: Outcome): string | undefined {
  const problems = checkFileSystem(boot.image);
  if (problems.length > 0) return problems.join(" ");
  const found = /^.* found (\d+) transfers, sum (\d+)\n(\d+) transfers, sum (\d+)\n$/.exec(
    boot.output,
  );
  if (found === null || boot.statuses.get("world") !== 0 || boot.fatal.length > 0) {
    return [boot.output.trim(), ...boot.fatal].join("; ");
  }
  const [count = 0, sum] = found.slice(1).map(Number);
  if (sum !== MONEY || moneyIn(FileSystem.open(boot.image)) !== MONEY) return `the sum is ${sum}`;
  const { transfers } = promised(said);
  if (count === transfers || count === transfers + 1) return undefined;
  return `${transfers} transfers had been reported, ${count} are there`;
}

function say(what: string, { first, violations, ...counts }: Report): void {
  const { writes, barriers, steps } = first;
  const share = `${((100 * counts.pointsWithSeveral) / counts.points).toFixed(1)} %`;
  const perCall = (barriers / HISTORY.letters.length).toFixed(3);
  const totals = JSON.stringify({
    ...counts,
    writes,
    barriers,
    steps,
    violations: violations.length,
  });
  console.info(
    `${what}: ${totals}; two writes unflushed at ${share}, barriers per call ${perCall}`,
  );
}

const texts = ({ violations }: Report) => violations.slice(0, 5).map(violationText);
const wholeRun = `${[...Array(TRANSFERS).keys()].map((i) => `${["w", "cwulu", "a", "lu"][i % 4]} ${i + 1}\n`).join("")}`;

test(
  "no power failure in a run of transfers changes the sum, damages the file system or loses what a call did that had returned",
  async () => {
    const report = await bank(join(V6, "world.c"), {
      isTried: FULL ? all : oneOf(5),
      isBooted: oneOf(FULL ? 40 : 25),
    });
    say(`${TRANSFERS} transfers`, report);
    expect(texts(report)).toEqual([]);
    const { output, writes, barriers } = report.first;
    expect(output).toBe(
      ` found 0 transfers, sum ${MONEY}\n${wholeRun}${TRANSFERS} transfers, sum ${MONEY}\n`,
    );
    if (FULL) expect(report.points).toBe(writes + barriers + 1);
    // Writes in flight: what the failure may tear and reorder.
    expect(report.pointsWithSeveral / report.points).toBeGreaterThan(0.5);
    // One barrier for each call that changes something, which is a transaction, and one as the world ends.
    expect(barriers).toBe(HISTORY.letters.length + 1);
    expect(report.failuresBooted).toBeGreaterThan(0);
  },
  TIMEOUT,
);

test(
  "a power failure during the recovery from a power failure changes nothing either",
  async () => {
    const isTried = oneOf(FULL ? 400 : QUICK ? 120 : 200);
    const report = await bank(join(V6, "world.c"), { isTried, isTriedAgain: all });
    say("again", report);
    expect(texts(report)).toEqual([]);
    expect(report.failuresAgain).toBeGreaterThan(0);
  },
  TIMEOUT,
);

/** Each is a world that differs in one function. The seeds are fixed, because a rare failure has to be among them. */
describe.each(["no-barrier", "no-log", "early-home"])(
  "%s.c",
  (variant) => {
    test("as long as the power stays nobody can tell; when it fails, it is found", async () => {
      const report = await bank(join(import.meta.dirname, "tests", `${variant}.c`), {
        isTried: (request) => request % 7 === 0,
        isBooted: () => false,
        failures: failures(2, 1),
      });
      say(variant, report);
      expect(report.first.output).toContain(`${TRANSFERS} transfers, sum ${MONEY}\n`);
      expect(report.violations.length).toBeGreaterThan(0);
    });
  },
  TIMEOUT,
);
