/**
 * The store and the power: what was reported as durable is there after a failure at any write or barrier, and everything else is as if
 * the transactions after it had not been. A sample of the failures by default, all of them with EXOSCOPE_FULL=1.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { ElfImage, PowerFailure } from "#emulator";
import {
  type Experiment,
  failEverywhere,
  type Outcome,
  type Report,
  violationText,
} from "../../debug-adapter/testing/power-failures.ts";
import { buildGuest, LIBOS, WORKSPACE } from "../../debug-adapter/testing/run-guest.ts";
import { announceSeed, FULL, QUICK, SEED, TIMEOUT } from "../../exokernel/testing/sampling.ts";

announceSeed("txn power");

const TRANSACTIONS = 1000;
const BANK = join(WORKSPACE, "txn");
const IMAGE = readFileSync(join(BANK, "bank.img"));
/** Slow enough that the program is ahead of the disk, as programs are: then the writes of several transactions are in flight. */
const LATENCY = { base: 30_000, perSector: 500 };

/** Nothing, everything, and as many random choices of what was not flushed. */
function failures(seeds: number): PowerFailure[] {
  const random = Array.from({ length: seeds }, (_, i) => ({
    mode: "random" as const,
    seed: (SEED + i * 7919) >>> 0,
  }));
  return [{ mode: "drop", seed: 0 }, { mode: "keep", seed: 0 }, ...random];
}

/** Every point in the full run; else one of so many, beginning somewhere. */
const oneOf = (sample: number) => (request: number) =>
  FULL || (request + SEED) % (QUICK ? 4 * sample : sample) === 0;

function bank(image: ElfImage, device: string, more: Partial<Experiment> = {}): Report {
  return failEverywhere({
    disk: { sectors: 24, image: IMAGE, latency: LATENCY },
    first: [{ name: "bank", image, arguments: [device, String(TRANSACTIONS)] }],
    second: [{ name: "bank", image, arguments: [device, "0"] }],
    failures: failures(FULL ? 40 : 4),
    judge: judgeBank,
    ...more,
  });
}

/** The last boot must find the sum, each account as it must be, and all that was promised. */
function judgeBank({ said, boot }: Outcome): string | undefined {
  const promised = Number(/.*durable (\d+)\n/s.exec(said)?.[1] ?? 0);
  const found = /^found (\d+) transfers, sum 16000\n$/.exec(boot.output);
  if (found === null || boot.statuses.get("bank") !== 0) {
    return [boot.output.trim(), ...boot.fatal].join("; ");
  }
  if (Number(found[1]) >= promised) return undefined;
  return `${promised} transfers were durable, ${found[1]} are there`;
}

const isLoss = ({ what }: { readonly what: string }) => what.includes("were durable");
const say = (what: string, { first, violations, ...counts }: Report) =>
  console.info(`${what}: ${JSON.stringify({ ...counts, violations: violations.length })}`);
const texts = ({ violations }: Report) => violations.slice(0, 5).map(violationText);

let plain: ElfImage;
beforeAll(async () => {
  plain = await buildGuest(join(BANK, "bank.c"), { optimisation: "2" });
});

test(
  "raw: no power failure in a run of 1,000 transfers changes the sum or loses what was durable",
  () => {
    const report = bank(plain, "raw", { isTried: oneOf(2) });
    expect(texts(report)).toEqual([]);
    expect(report.first.statuses.get("bank")).toBe(0);
    expect(report.first.output).toContain(`durable ${TRANSACTIONS}\n`);
    const { writes, barriers } = report.first;
    say("raw", report);
    if (FULL) expect(report.points).toBe(writes + barriers + 1);
    // Writes in flight: what the failure may tear and reorder.
    expect(report.pointsWithSeveral / report.points).toBeGreaterThan(0.5);
    // One barrier for eight transactions, and two for each checkpoint: the log has fifteen sectors.
    expect(barriers).toBeLessThanOrEqual(TRANSACTIONS / 8 + 2 * (1 + Math.ceil(writes / 10)));
    expect(barriers / TRANSACTIONS).toBeLessThan(0.2);
  },
  TIMEOUT,
);

test(
  "raw: a power failure during the recovery from a power failure changes nothing either",
  () => {
    const isTriedAgain = (request: number) => FULL || (request + SEED) % (QUICK ? 75 : 25) === 0;
    const report = bank(plain, "raw", {
      isTried: isTriedAgain,
      isTriedAgain,
      failures: failures(FULL ? 8 : 4),
    });
    say("raw, again", report);
    expect(texts(report)).toEqual([]);
    expect(report.failuresAgain).toBeGreaterThan(QUICK ? 20 : 100);
  },
  TIMEOUT,
);

test(
  "synchronous: nothing is lost, nothing is in flight, and every write has its barrier",
  () => {
    const report = bank(plain, "synchronous", { isTried: oneOf(8) });
    expect(texts(report)).toEqual([]);
    expect(report.pointsWithSeveral).toBe(0);
    expect(report.first.barriers).toBe(report.first.writes);
  },
  TIMEOUT,
);

test(
  "unordered: on a cache that writes back as it likes, durable transfers are lost and the sum changes",
  () => {
    const report = bank(plain, "unordered", { isTried: oneOf(8) });
    expect(report.first.statuses.get("bank")).toBe(0);
    expect(report.first.barriers).toBe(0);
    expect(report.violations.filter(isLoss).length).toBeGreaterThan(0);
    expect(report.violations.filter((violation) => !isLoss(violation)).length).toBeGreaterThan(0);
  },
  TIMEOUT,
);

/** Each lacks one of the store's three barriers. The seeds are fixed, because a rare failure has to be among them. */
describe.each(["no-log-barrier", "no-table-barrier", "no-superblock-barrier"])(
  "%s.c",
  (variant) => {
    test("as long as the power stays nobody can tell; when it fails, it is found", async () => {
      const image = await buildGuest(join(BANK, `${variant}.c`), { optimisation: "2" });
      const random = Array.from({ length: 8 }, (_, i) => ({
        mode: "random" as const,
        seed: i + 1,
      }));
      const report = bank(image, "raw", {
        disk: { sectors: 24, image: IMAGE, latency: { base: 100_000, perSector: 1000 } },
        first: [{ name: "bank", image, arguments: ["raw", FULL ? "1000" : "300"] }],
        failures: [{ mode: "drop", seed: 0 }, ...random],
      });
      expect(report.first.statuses.get("bank")).toBe(0);
      console.info(`${variant}: ${report.violations.length} of ${report.failures} failures`);
      expect(report.violations.length).toBeGreaterThan(0);
    });
  },
  TIMEOUT,
);

describe.each(["submit", "commit"])(
  "four clients that %s",
  (how) => {
    test("each finds its own transactions whole, in their order, and all that it was told are durable", async () => {
      const image = await buildGuest(join(LIBOS, "txn", "tests", "clients.c"), {
        optimisation: "2",
      });
      const disk = { sectors: 32, latency: LATENCY };
      const run = (...args: string[]) => [{ name: "clients", image, arguments: args }];
      const format = failEverywhere({
        disk,
        first: run("raw", "0", "format"),
        second: run("raw", "0"),
        failures: [],
        judge: () => undefined,
      });
      expect(format.first.statuses.get("clients")).toBe(0);
      const report = failEverywhere({
        disk: { ...disk, image: format.first.image },
        first: run("raw", FULL ? "1000" : "200", how),
        second: run("raw", "0"),
        failures: failures(FULL ? 20 : 3),
        isTried: oneOf(3),
        judge: judgeClients,
      });
      expect(report.first.statuses.get("clients")).toBe(0);
      expect(texts(report)).toEqual([]);
    });
  },
  TIMEOUT,
);

const countsIn = (text: string | undefined) => (text ?? "0 0 0 0").split(" ").map(Number);

function judgeClients({ said, boot }: Outcome): string | undefined {
  const promised = countsIn(/.*durable ([\d ]+)\n/s.exec(said)?.[1]);
  const found = countsIn(/^found ([\d ]+)\n$/.exec(boot.output)?.[1] ?? "");
  if (boot.statuses.get("clients") !== 0) return [boot.output.trim(), ...boot.fatal].join("; ");
  if (promised.every((count, client) => (found[client] ?? -1) >= count)) return undefined;
  return `${promised.join(" ")} were durable, ${found.join(" ")} are there`;
}
