/**
 * Random programs on two machines, of which one translates: they stop at the same steps for the same reasons with the same registers, TLB
 * and RAM. Programs write to themselves, loop, call and return to anywhere; whoever handles their traps maps, unmaps and remaps
 * pages, changes rights and address spaces, sets and clears breakpoints, with conditions and without, and watches, and raises interrupts.
 */
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { CSR, USTATUS } from "../csr.ts";
import { encode } from "../isa/encode.ts";
import { INSTRUCTIONS } from "../isa/instructions.ts";
import { ENGINE, Machine } from "../machine.ts";
import { RIGHT } from "../memory/tlb.ts";
import { STATE } from "../state-layout.ts";
import type { Stop } from "../stop.ts";
import { randomCondition } from "../testing/conditions.ts";
import { Dice } from "../testing/dice.ts";

const CODE = 0x10000;
const CODE_PAGES = 3;
const CODE_FRAME = 4;
const DATA = 0x20000;
const DATA_FRAME = 8;
const FRAMES = 16;

const byName = (names: string) =>
  INSTRUCTIONS.filter(({ mnemonic }) => names.split(" ").includes(mnemonic));
const MEMORY = INSTRUCTIONS.filter(
  ({ mnemonic, extension }) =>
    extension === "A" || "lb lh lw lbu lhu sb sh sw c.lw c.sw".split(" ").includes(mnemonic),
);
const BRANCHES = byName("beq bne blt bge bltu bgeu c.beqz c.bnez");
const JUMPS = byName("jal jalr c.j c.jr c.jalr c.jal");
const OTHERS = INSTRUCTIONS.filter(
  (row) => !MEMORY.includes(row) && !BRANCHES.includes(row) && !JUMPS.includes(row),
);

/** Registers that hold addresses more often than others: s0 and s1 of data, a5 of code, ra of wherever. */
const BASES = [8, 9, 8, 9, 15];

function instruction(dice: Dice): readonly [bits: number, length: number] {
  for (;;) {
    const kind = dice.below(100);
    const row = dice.of(kind < 25 ? MEMORY : kind < 45 ? BRANCHES : kind < 52 ? JUMPS : OTHERS);
    if (["ecall", "ebreak", "uret"].includes(row.mnemonic) && !dice.isOneIn(8)) continue;
    const field = row.format.imm;
    const imm = field && range(dice, field, kind);
    const bits = encode(row, {
      ...(row.format.rd && { rd: dice.isOneIn(12) ? dice.of(BASES) : dice.below(32) }),
      ...(row.format.rs1 && { rs1: kind < 25 ? dice.of(BASES) : dice.below(32) }),
      ...(row.format.rs2 && { rs2: dice.below(32) }),
      ...(imm === undefined ? {} : { imm }),
    });
    if (typeof bits === "number") return [bits, row.encoding.length];
  }
}

function range(
  dice: Dice,
  field: { readonly min: number; readonly max: number; readonly step: number },
  kind: number,
): number {
  const near = kind < 52 ? 40 : Number.POSITIVE_INFINITY;
  const min = Math.max(field.min, -near);
  const max = Math.min(field.max, near);
  const count = Math.floor((max - min) / field.step) + 1;
  return Math.ceil(min / field.step) * field.step + dice.below(Math.max(count, 1)) * field.step;
}

function program(dice: Dice): Uint8Array {
  const bytes = new Uint8Array(CODE_PAGES * 4096);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < bytes.length - 4; ) {
    const [bits, length] = instruction(dice);
    if (length === 4) view.setUint32(at, bits, true);
    else view.setUint16(at, bits, true);
    at += length;
  }
  return bytes;
}

const ALL = RIGHT.R | RIGHT.W | RIGHT.X | RIGHT.D;

function machineOf(code: Uint8Array, engine: "interpreter" | "translator"): Machine {
  const machine = new Machine({ pages: FRAMES, tlbEntries: 24, engine });
  machine.memory.writeBytes(CODE_FRAME * 4096, code);
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
      const isData = vpn >= DATA >>> 12 && vpn < (DATA >>> 12) + 4;
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
      hart.setX(8, DATA + dice.below(4 * 4096));
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
      tlb.invalidatePage(hart.asid, (DATA >>> 12) + dice.below(4));
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
        pa: DATA_FRAME * 4096 + dice.below(4 * 4096),
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
    reservation: hart.reservation,
  };
}

const FULL = process.env["EXOSCOPE_FULL"] === "1";
const SEED = Number(process.env["EXOSCOPE_SEED"] ?? Date.now() % 2 ** 31);
console.info(`lock-step: EXOSCOPE_SEED=${SEED}`);
const counts = { steps: 0, translated: 0, fromBits: 0, stops: 0 };

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
          const code = program(new Dice(seed));
          const one = machineOf(code, "interpreter");
          const other = machineOf(code, "translator");
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
            counts.stops += 1;
            if (i % 30 === 29) expect(other.hash(), `after ${i} runs`).toBe(one.hash());
          }
          counts.steps += other.steps;
          counts.translated += other.translatedSteps;
          counts.fromBits += other.coldSteps;
        }),
        { numRuns: FULL ? 3000 : 120, seed: SEED },
      );
    } finally {
      Object.assign(ENGINE, before);
    }
  },
  300_000,
);
