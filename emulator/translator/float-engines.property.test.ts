/**
 * Each instruction of F and D in a small loop, in every rounding mode and on operands that are hard, with fcsr saying inexact and not: every
 * engine leaves the same registers, flags and memory, and traps where the interpreter does. The loop is translated before, so that translated
 * code has the operands first. And several of them in a row, of which one uses what another has computed. A sample by default; EXOSCOPE_CI and EXOSCOPE_FULL=1 try more.
 */
import { afterAll, expect, test } from "vitest";
import { disassemble } from "../isa/disassembler.ts";
import type { Instruction } from "../isa/instruction.ts";
import type { Machine } from "../machine.ts";
import { RIGHT } from "../memory/tlb.ts";
import { STATE } from "../state-layout.ts";
import type { Stop } from "../stop.ts";
import { Dice } from "../testing/dice.ts";
import {
  assume,
  DATA_AT,
  floatSites,
  hard,
  harmless,
  type Instance,
  inARow,
  inEachMode,
  type Site,
  type Situation,
} from "../testing/float-sites.ts";
import { CODE, DATA, ENGINES, machineOn, map, type TestedEngine } from "../testing/guest.ts";
import { FLOATING } from "../testing/random-code.ts";

const FULL = process.env["EXOSCOPE_FULL"] === "1";
const SEED = Number(process.env["EXOSCOPE_SEED"] ?? Date.now() % 2 ** 31);
/** For each instance of an instruction, and how many instances there are in each rounding mode. */
const SITUATIONS = FULL ? 1500 : process.env["EXOSCOPE_CI"] === undefined ? 50 : 500;
const INSTANCES = 4;
/** So many visits, and each loop has been translated. */
const WARM_ROUNDS = 20;
/** So often some loops are made with several instructions in each. */
const BATCHES = FULL ? 300 : process.env["EXOSCOPE_CI"] === undefined ? 8 : 80;
const LOOPS = 24;
/** Behind the last register of F and D. */
const STATE_WORDS = (STATE.f >>> 2) + 64;

/** Of an engine: steps that it did not leave to the interpreter, and runs in which it left none to it, also not those of F and D. */
const counts = {
  situations: 0,
  traps: 0,
  forced: { steps: 0, whole: 0 },
  cold: { steps: 0, whole: 0 },
};
console.info(`float engines: EXOSCOPE_SEED=${SEED}`);
afterAll(() => {
  console.info(`float engines: ${JSON.stringify(counts)}`);
  // Else there were two interpreters.
  expect(Math.min(counts.forced.steps, counts.cold.steps)).toBeGreaterThan(counts.situations);
  // Else they left all of F and D to it.
  expect(Math.min(counts.forced.whole, counts.cold.whole)).toBeGreaterThan(counts.situations / 20);
});

class Side {
  readonly engine: TestedEngine;
  readonly machine: Machine;
  readonly state: Int32Array;

  constructor(engine: TestedEngine, code: Uint8Array) {
    this.engine = engine;
    const machine = machineOn(engine, { pages: 16 });
    this.machine = machine;
    machine.memory.writeBytes(4 * 4096, code);
    map(machine, CODE, 4, RIGHT.R | RIGHT.X);
    for (const page of [0, 1]) {
      map(machine, DATA + page * 4096, DATA_AT / 4096 + page, RIGHT.R | RIGHT.W | RIGHT.D);
    }
    this.state = new Int32Array(machine.linear.buffer, 0, STATE_WORDS);
  }

  /** Gives the reason of the stop, in which a trap's number and value are. */
  run(situation: Situation, site: Site, steps: number): Stop {
    const { machine, engine } = this;
    assume(machine, situation, CODE + site.at);
    const stepsBefore = machine.steps;
    const ownBefore = machine.translatedSteps + machine.coldSteps;
    const stop = machine.run(steps);
    if (engine === "interpreter") return stop;
    const own = machine.translatedSteps + machine.coldSteps - ownBefore;
    counts[engine].steps += own;
    if (own > 0 && own === machine.steps - stepsBefore) counts[engine].whole += 1;
    return stop;
  }

  near(situation: Situation): string {
    const { near } = situation;
    return [...this.machine.memory.bytes.subarray(DATA_AT + near - 64, DATA_AT + near + 96)].join();
  }
}

test.each(FLOATING)(
  "$mnemonic does the same on each engine",
  (row: Instruction) => {
    const dice = new Dice(SEED ^ Math.imul(FLOATING.indexOf(row) + 1, 0x9e3779b1));
    compare(dice, inEachMode(dice, row, INSTANCES), SITUATIONS);
  },
  3_600_000,
);

test("several in a row do the same on each engine", () => {
  const dice = new Dice(SEED);
  for (let i = 0; i < BATCHES; i++) compare(dice, inARow(dice, LOOPS), 50);
}, 3_600_000);

function compare(dice: Dice, loops: readonly (readonly Instance[])[], situations: number): void {
  const code = new Uint8Array(4096);
  const sites = floatSites(loops, code);
  const [reference, ...others] = ENGINES.map((engine) => new Side(engine, code));
  for (const site of sites) {
    for (const side of [reference!, ...others]) {
      side.run(harmless(site), site, WARM_ROUNDS * site.steps);
    }
    for (let i = 0; i < situations; i++) {
      const situation = hard(dice, site);
      const steps = site.steps * (1 + dice.below(3));
      const stop = reference!.run(situation, site, steps);
      counts.situations += 1;
      if (stop.kind === "trap") counts.traps += 1;
      for (const side of others) {
        const otherStop = side.run(situation, site, steps);
        const isSame =
          side.state.every((word, at) => word === reference!.state[at]) &&
          JSON.stringify(otherStop) === JSON.stringify(stop) &&
          side.near(situation) === reference!.near(situation);
        if (!isSame) fail(site, situation, reference!, side, [stop, otherStop]);
      }
    }
  }
}

const hex = (words: Iterable<number>): string =>
  [...words].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join(" ");

/** Says which words differ, and from what they came. */
function fail(
  { instances, at }: Site,
  { floats, fcsr, x }: Situation,
  reference: Side,
  side: Side,
  stops: readonly unknown[],
): never {
  const differing = [...side.state.keys()]
    .filter((index) => side.state[index] !== reference.state[index])
    .map((index) => {
      const words = hex([side.state[index]!, reference.state[index]!]).replace(" ", ", not ");
      return `${placeName(index * 4)} is ${words}`;
    });
  const done = instances.map(({ bits, operands, row: { format } }) => {
    const given = (["rs1", "rs2"] as const)
      .filter((name) => format[name] !== undefined)
      .map((name) => [operands[name]!, format[name]!.isFloat] as const);
    if (format.syntax.includes("rs3")) given.push([operands.imm! >>> 3, true]);
    const words = given.map(([index, isFloat]) =>
      hex(isFloat ? floats.slice(index * 2, index * 2 + 2).reverse() : [x[index]!]),
    );
    return `${disassemble(bits, CODE + at).text} of ${words.join(", ")}`;
  });
  expect.fail(
    [
      `${side.engine}, fcsr ${hex([fcsr])} (EXOSCOPE_SEED=${SEED})`,
      ...done,
      ...differing,
      `stops ${JSON.stringify(stops)}`,
    ].join("\n"),
  );
}

function placeName(offset: number): string {
  if (offset >= STATE.f) return `f${(offset - STATE.f) >>> 3}${offset & 4 ? " upper" : ""}`;
  if (offset < STATE.discard) return `x${offset >>> 2}`;
  const names = Object.entries(STATE).filter(([, at]) => at === offset);
  return names[0]?.[0] ?? `state ${offset.toString(16)}`;
}
