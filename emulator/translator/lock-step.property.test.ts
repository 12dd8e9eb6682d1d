/**
 * Random programs on two machines, of which one translates: they stop at the same steps for the same reasons with the same registers, of
 * floating point too, TLB and RAM. Programs write to themselves, loop, call and return to anywhere, and one in three has floats; whoever handles their traps maps, unmaps and remaps
 * pages, changes rights and address spaces, sets and clears breakpoints, with conditions and without, and watches, and raises interrupts.
 */
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { CSR, USTATUS } from "../csr.ts";
import { FLAG, ROUNDING } from "../float/arithmetic.ts";
import { ENGINE, Machine } from "../machine.ts";
import { RIGHT } from "../memory/tlb.ts";
import { STATE } from "../state-layout.ts";
import type { Stop } from "../stop.ts";
import { randomCondition } from "../testing/conditions.ts";
import { Dice } from "../testing/dice.ts";
import { BASES, floatNumbers, type RandomCode, randomCode } from "../testing/random-code.ts";

const CODE = 0x10000;
const CODE_PAGES = 3;
const CODE_FRAME = 4;
const DATA = 0x20000;
const DATA_FRAME = 8;
const DATA_PAGES = 4;
const FRAMES = 16;

const ALL = RIGHT.R | RIGHT.W | RIGHT.X | RIGHT.D;

function machineOf(
  { bytes, hasFloats }: RandomCode,
  engine: "interpreter" | "translator",
  dice: Dice,
): Machine {
  const machine = new Machine({ pages: FRAMES, tlbEntries: 24, engine });
  machine.memory.writeBytes(CODE_FRAME * 4096, bytes);
  for (const asid of [0, 1]) {
    for (let page = 0; page < CODE_PAGES; page++) {
      machine.tlb.write({ asid, vpn: (CODE >>> 12) + page, frame: CODE_FRAME + page, rights: ALL });
    }
  }
  // Loops there go from one page to the next.
  machine.hart.setPc(CODE + 4096 - 48);
  for (let x = 1; x < 32; x++) machine.hart.setX(x, CODE + x * 36);
  machine.hart.setX(8, DATA + 2048);
  machine.hart.setX(9, DATA + 4096 + 64);
  machine.hart.writeCsr(CSR.utvec, CODE + 512);
  if (hasFloats) {
    machine.hart.setFloatWords(floatNumbers(dice, 64, "registers"));
    machine.hart.setX(2, DATA + 2 * 4096);
    const numbers = floatNumbers(dice, DATA_PAGES * 1024, "memory");
    machine.memory.writeBytes(DATA_FRAME * 4096, new Uint8Array(numbers.buffer));
  }
  return machine;
}

/** What somebody does about a stop, or between two runs; the same for both machines if they are the same. */
function handle(machine: Machine, stop: Stop, dice: Dice): void {
  const { hart, tlb, breakpoints, watchpoints } = machine;
  const nearby = () => (hart.pc + (dice.below(32) - 16) * 2) >>> 0;
  const somewhere = () => CODE + dice.below(CODE_PAGES * 2048) * 2;
  if (stop.kind === "trap") {
    const isFault = stop.cause === 12 || stop.cause === 13 || stop.cause === 15;
    const vpn = stop.value >>> 12;
    if (isFault && dice.below(10) < 8) {
      const isCode = vpn >= CODE >>> 12 && vpn < (CODE >>> 12) + CODE_PAGES;
      const isData = vpn >= DATA >>> 12 && vpn < (DATA >>> 12) + DATA_PAGES;
      if (isCode || isData) {
        const frame = dice.isOneIn(6)
          ? dice.below(FRAMES)
          : isCode
            ? CODE_FRAME + vpn - (CODE >>> 12)
            : DATA_FRAME + vpn - (DATA >>> 12);
        const rights = dice.isOneIn(3) ? dice.below(16) : ALL;
        tlb.write({ asid: hart.asid, vpn, frame, rights });
        return;
      }
    }
    if (dice.isOneIn(8)) hart.setPc(somewhere());
    else hart.setPc(hart.pc + (dice.isOneIn(2) ? 2 : 4));
    if (dice.isOneIn(4)) {
      hart.setX(8, DATA + dice.below(DATA_PAGES * 4096));
      hart.setX(9, dice.isOneIn(3) ? somewhere() : DATA + dice.below(4096) * 4);
      hart.setX(15, somewhere());
      hart.setX(1, somewhere());
    }
  }
  if (stop.kind === "interrupt") {
    hart.writeCsr(CSR.ustatus, USTATUS.UPIE);
    hart.writeCsr(CSR.uepc, hart.pc);
    hart.setPc(hart.utvec);
  }
  if (stop.kind === "timer") machine.timerDeadline = machine.steps + 1 + dice.below(400);
  switch (dice.below(40)) {
    case 0:
      hart.asid = dice.below(2);
      break;
    case 1:
      tlb.invalidatePage(hart.asid, (DATA >>> 12) + dice.below(DATA_PAGES));
      break;
    case 2:
      tlb.invalidateFrame(dice.below(FRAMES));
      break;
    case 3:
      machine.memory.writeU32(CODE_FRAME * 4096 + dice.below(CODE_PAGES * 1024) * 4, dice.next());
      break;
    case 4:
      breakpoints.set(hart.asid, dice.isOneIn(2) ? somewhere() : nearby());
      break;
    case 5:
      breakpoints.clearAll();
      break;
    case 6:
      watchpoints.set({
        id: dice.below(4),
        pa: DATA_FRAME * 4096 + dice.below(DATA_PAGES * 4096),
        length: 1 + dice.below(64),
        read: dice.isOneIn(2),
        write: true,
      });
      break;
    case 7:
      watchpoints.clearAll();
      break;
    case 8: {
      // The word of pending interrupts is the kernel's.
      const words = new Int32Array(machine.linear.buffer, 0, STATE.f >>> 2);
      words[STATE.uip >>> 2] = dice.below(2);
      hart.writeCsr(CSR.ustatus, dice.below(2) | USTATUS.UPIE);
      break;
    }
    case 10:
    case 11:
      // The same addresses, other code; or the same, not to be executed.
      tlb.write({
        asid: hart.asid,
        vpn: (CODE >>> 12) + dice.below(CODE_PAGES),
        frame: CODE_FRAME + dice.below(CODE_PAGES),
        rights: dice.isOneIn(4) ? RIGHT.R | RIGHT.W | RIGHT.D : ALL,
      });
      break;
    case 12:
    case 13:
    case 14:
      hart.setPc(CODE + 4096 * (1 + dice.below(CODE_PAGES - 1)) - 64 + dice.below(32) * 2);
      break;
    case 15: {
      // A word of what has just been executed.
      const found = tlb.lookup(hart.asid, hart.pc >>> 12);
      const pa = found && (found.frame << 12) | (nearby() & 0xffc);
      if (pa !== undefined) machine.memory.writeU32(pa, dice.next());
      break;
    }
    case 16:
    case 17:
    case 18:
      // Of this address space or the other.
      breakpoints.set(
        dice.isOneIn(4) ? dice.below(2) : hart.asid,
        dice.isOneIn(4) ? somewhere() : nearby(),
        randomCondition(dice, BASES, 3),
      );
      break;
    case 20:
      breakpoints.isMuted = dice.isOneIn(4);
      break;
    case 19:
      breakpoints.clear(hart.asid, nearby());
      break;
    case 9:
      machine.memory.copyFrame(CODE_FRAME + dice.below(CODE_PAGES), dice.below(FRAMES));
      break;
  }
}

/** What is done besides where a program computes with floats, which become NaN sooner or later: some of them are others, also in memory. */
function renewFloats({ hart, memory }: Machine, stop: Stop, dice: Dice): void {
  if (dice.isOneIn(2)) {
    const registers = hart.floatWords();
    registers.set(floatNumbers(dice, 32, "registers"), dice.of([0, 16, 32]));
    hart.setFloatWords(registers);
    const near = DATA_FRAME * 4096 + dice.of([2048, 4096 + 64, 2 * 4096]);
    const numbers = floatNumbers(dice, 24, "memory");
    memory.writeBytes(near - 32 + dice.below(4) * 8, new Uint8Array(numbers.buffer));
  }
  if (dice.isOneIn(4)) hart.writeCsr(CSR.fflags, dice.of([0, 0, 0, FLAG.inexact, 31]));
  const isReserved = hart.readCsr(CSR.frm) > ROUNDING.rmm;
  if (dice.isOneIn(isReserved ? 2 : 8)) hart.writeCsr(CSR.frm, ROUNDING.rne);
  if (stop.kind !== "trap" || dice.isOneIn(4)) return;
  for (const x of [8, 9]) hart.setX(x, hart.x(x) & -8);
  hart.setX(2, DATA + dice.below(DATA_PAGES * 512) * 8);
}

/** All that can be told of a machine without reading all of it. */
function seen(machine: Machine, stop: Stop) {
  const { hart } = machine;
  return {
    stop,
    steps: machine.steps,
    retired: machine.retired,
    pc: hart.pc,
    registers: [...hart.registers()].join(" "),
    csrs: [hart.ustatus, hart.uip, hart.uepc, hart.ucause, hart.uscratch].join(" "),
    floats: hart.floatWords().join(" "),
    fcsr: hart.readCsr(CSR.fcsr),
    reservation: hart.reservation,
  };
}

const FULL = process.env["EXOSCOPE_FULL"] === "1";
const SEED = Number(process.env["EXOSCOPE_SEED"] ?? Date.now() % 2 ** 31);
console.info(`lock-step: EXOSCOPE_SEED=${SEED}`);
const counts = { programs: 0, withFloats: 0, steps: 0, translated: 0, fromBits: 0, stops: 0 };

afterAll(() => {
  console.info(`lock-step: ${JSON.stringify(counts)}`);
  expect(Math.min(counts.translated, counts.fromBits)).toBeGreaterThan(0);
});

test.each([
  [1, "without", Infinity],
  [3, "without", Infinity],
  [3, "with", 0],
  [8, "with", 200],
  [1 << 20, "with", 0],
])(
  "translated after %i visits, %s the loop for what is cold, a program does what it does interpreted",
  (hot, _, cold) => {
    const before = { ...ENGINE };
    Object.assign(ENGINE, { hot, pace: 0, cold });
    try {
      fc.assert(
        fc.property(fc.integer({ min: 1 }), (seed) => {
          const code = randomCode(new Dice(seed), CODE_PAGES * 4096);
          const one = machineOf(code, "interpreter", new Dice(seed ^ 5));
          const other = machineOf(code, "translator", new Dice(seed ^ 5));
          const dice = new Dice(seed ^ 0x5bd1e995);
          const oneDice = new Dice(seed ^ 77);
          const otherDice = new Dice(seed ^ 77);
          for (let i = 0; i < 150; i++) {
            const budget = 1 + dice.below(dice.isOneIn(4) ? 3000 : 60);
            const passes = dice.isOneIn(2);
            const stop = one.run(budget, passes);
            const otherStop = other.run(budget, passes);
            expect(seen(other, otherStop), `after ${i} runs`).toEqual(seen(one, stop));
            handle(one, stop, oneDice);
            handle(other, otherStop, otherDice);
            if (code.hasFloats) {
              renewFloats(one, stop, oneDice);
              renewFloats(other, otherStop, otherDice);
            }
            counts.stops += 1;
            if (i % 30 === 29) expect(other.hash(), `after ${i} runs`).toBe(one.hash());
          }
          counts.programs += 1;
          if (code.hasFloats) counts.withFloats += 1;
          counts.steps += other.steps;
          counts.translated += other.translatedSteps;
          counts.fromBits += other.coldSteps;
        }),
        { numRuns: FULL ? 1000 : 120, seed: SEED + hot },
      );
    } finally {
      Object.assign(ENGINE, before);
    }
  },
  300_000,
);
