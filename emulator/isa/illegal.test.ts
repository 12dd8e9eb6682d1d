/**
 * Every reserved and illegal encoding is none to the decoder, and traps as an illegal instruction with its bits as the value; every other
 * is one. All 16-bit patterns, and of the 32-bit ones all of opcode, funct3, funct7 and rs2; with EXOSCOPE_FULL=1 the decoder is asked for all
 * that there are. What is executed is a sample of them, for the interpreter of 16-bit patterns all.
 */
import { afterAll, describe, expect, test } from "vitest";
import { CSR } from "../csr.ts";
import type { Machine } from "../machine.ts";
import { RIGHT } from "../memory/tlb.ts";
import { CODE, ENGINES, guest, machineOn, map, type TestedEngine } from "../testing/guest.ts";
import { isExecutable, isLegalCompressed, isLegalFull } from "../testing/legal-encodings.ts";
import { decode } from "./decode.ts";

const FULL = process.env["EXOSCOPE_FULL"] === "1";
const SEED = Number(process.env["EXOSCOPE_SEED"] ?? Date.now() % 2 ** 31);
const counts: Record<string, number> = {};
const count = (what: string, by = 1) => {
  counts[what] = (counts[what] ?? 0) + by;
};
afterAll(() => {
  console.info(`illegal: EXOSCOPE_SEED=${SEED} ${JSON.stringify(counts)}`);
});

const hex = (value: number) => `0x${(value >>> 0).toString(16)}`;

/** Whether `index` is in a sample of one in `rarity`, other ones for another seed. */
function isSampled(index: number, rarity: number): boolean {
  let x = Math.imul(index ^ SEED, 0x9e3779b1);
  x = Math.imul(x ^ (x >>> 15), 0x85ebca77);
  return ((x ^ (x >>> 13)) >>> 0) % rarity === 0;
}

/** opcode, funct3, funct7 and rs2 as one number of 20 bits. */
const COMBINATIONS = 1 << 20;
function wordOf(combination: number, rs1: number, rd: number): number {
  const opcode = ((combination & 31) << 2) | 3;
  const funct3 = (combination >>> 5) & 7;
  const rs2 = (combination >>> 8) & 31;
  const funct7 = combination >>> 13;
  return (funct7 << 25) | (rs2 << 20) | (rs1 << 15) | (funct3 << 12) | (rd << 7) | opcode;
}

describe("the decoder", () => {
  test("knows of the 49,152 compressed patterns those that RV32C has with F and D", () => {
    const wrong: string[] = [];
    for (let half = 0; half < 0x10000; half++) {
      if ((half & 3) === 3) continue;
      count("16 bits decoded");
      if ((decode(half) !== undefined) !== isLegalCompressed(half)) wrong.push(hex(half));
      // What follows in memory is not part of it.
      if (decode(half | 0xffff0000) !== decode(half)) wrong.push(hex(half));
    }
    expect(wrong).toEqual([]);
  });

  test("knows of all of opcode, funct3, funct7 and rs2 those that the tables list", () => {
    const wrong: string[] = [];
    const registers = [0, 1, 2, 5, 16, 31];
    for (let combination = 0; combination < COMBINATIONS; combination++) {
      for (let i = 0; i < 4; i++) {
        const pick = (combination * 7 + i * 5) % 36;
        const word = wordOf(
          combination,
          registers[i === 0 ? 0 : pick % 6],
          registers[(pick / 6) | 0],
        );
        if ((decode(word) !== undefined) !== isLegalFull(word)) wrong.push(hex(word));
      }
    }
    count("32 bits decoded", COMBINATIONS * 4);
    expect(wrong.slice(0, 20)).toEqual([]);
  });

  // All of them in a full run, else one of a thousand, others by each seed.
  test("knows of all 32-bit patterns those that the tables list", () => {
    const wrong: string[] = [];
    const stride = FULL ? 1 : 1009;
    const first = FULL ? 0 : SEED % stride;
    let decoded = 0;
    for (let upper = first; upper < 1 << 30; upper += stride) {
      const word = (upper << 2) | 3;
      if ((decode(word) !== undefined) !== isLegalFull(word)) wrong.push(hex(word));
      decoded += 1;
    }
    count("32 bits decoded", decoded);
    expect(wrong.slice(0, 20)).toEqual([]);
  }, 600_000);
});

const CODE_FRAME = 4;
/** After the jump that leads there; what is executed stands at 4, what ends it behind. */
const CELL = 12;
const CELLS = 300;
const FIRST = 16;
const ADDI = 0x00128293; // addi t0, t0, 1
const JUMP = 0x00030067; // jalr zero, 0(t1)

/**
 * Executes each pattern once after an `addi` that control comes to by a jump, so that the translator has a region to leave, and lists
 * those that trapped wrongly.
 */
function executeAll(
  engine: TestedEngine,
  patterns: Iterable<readonly [bits: number, isLegal: boolean]>,
): string[] {
  const machine = machineOn(engine, { pages: 8 });
  map(machine, CODE, CODE_FRAME, RIGHT.R | RIGHT.X);
  const wrong: string[] = [];
  let cells: (readonly [bits: number, isLegal: boolean])[] = [];
  const execute = () => {
    const page = new Uint8Array(4096);
    const view = new DataView(page.buffer);
    view.setUint32(0, JUMP, true);
    for (const [i, [bits]] of cells.entries()) {
      view.setUint32(FIRST + i * CELL, ADDI, true);
      if ((bits & 3) === 3) view.setUint32(FIRST + i * CELL + 4, bits, true);
      else view.setUint16(FIRST + i * CELL + 4, bits, true);
    }
    machine.memory.writeBytes(CODE_FRAME * 4096, page);
    for (const [i, [bits, isLegal]] of cells.entries()) {
      const at = CODE + FIRST + i * CELL;
      if (isTrapped(machine, at, bits) === isLegal) wrong.push(hex(bits));
      count(`${engine}: ${isLegal ? "legal" : "illegal"}`);
    }
    cells = [];
  };
  for (const pattern of patterns) {
    cells.push(pattern);
    if (cells.length === CELLS) execute();
  }
  execute();
  count(`${engine}: translated`, machine.translatedSteps);
  count(`${engine}: from bits`, machine.coldSteps);
  return wrong;
}

/** Whether what stands behind the `addi` at `at` traps as an illegal instruction there, with its bits as the value. */
function isTrapped(machine: Machine, at: number, bits: number): boolean {
  const { hart } = machine;
  hart.setRegisters(new Uint32Array(32));
  hart.setX(6, at);
  hart.setPc(CODE);
  hart.writeCsr(CSR.ustatus, 0);
  hart.writeCsr(CSR.fcsr, 0);
  const steps = machine.retired;
  const stop = machine.run(3);
  return (
    stop.kind === "trap" &&
    stop.cause === 2 &&
    stop.value === bits >>> 0 &&
    stop.pc === at + 4 &&
    hart.pc === at + 4 &&
    hart.x(5) === 1 &&
    machine.retired === steps + 2
  );
}

function* compressed(rarity: number) {
  for (let half = 0; half < 0x10000; half++) {
    if ((half & 3) === 3 || !isSampled(half, rarity)) continue;
    yield [half, isLegalCompressed(half)] as const;
  }
}

function* full(rarity: number) {
  for (let combination = 0; combination < COMBINATIONS; combination++) {
    if (!isSampled(combination, rarity)) continue;
    const random = Math.imul(combination ^ SEED, 0x9e3779b1) >>> 8;
    const word = wordOf(combination, random & 31, (random >>> 5) & 31);
    yield [word, isExecutable(word)] as const;
  }
}

/** CSR numbers, each as it is read and as it is written. */
function* csrs(rarity: number) {
  for (let number = 0; number < 0x1000; number++) {
    for (const [funct3, rs1] of [
      [1, 0],
      [2, 0],
      [2, 9],
      [3, 0],
      [3, 31],
      [5, 0],
      [6, 0],
      [6, 1],
      [7, 0],
      [7, 31],
    ] as const) {
      if (!isSampled(number * 16 + funct3, rarity) && number % 0x40 > 5) continue;
      const word = (number << 20) | (rs1 << 15) | (funct3 << 12) | (7 << 7) | 0x73;
      yield [word, isExecutable(word)] as const;
    }
  }
}

describe.each(ENGINES)("%s", (engine) => {
  // A module of WebAssembly for each pattern takes a hundred times as long.
  const isForced = engine === "forced";
  const rarer = isForced && !FULL ? 24 : 1;

  test("compressed patterns trap if RV32C has them not", () => {
    expect(executeAll(engine, compressed(rarer))).toEqual([]);
  }, 300_000);

  test("full patterns trap if no table lists them", () => {
    expect(
      executeAll(engine, full(FULL ? (isForced ? 16 : 1) : isForced ? 4608 : 8)).slice(0, 20),
    ).toEqual([]);
  }, 300_000);

  test("CSRs that do not exist trap, and read-only ones that are written", () => {
    expect(executeAll(engine, csrs(rarer))).toEqual([]);
  }, 300_000);

  test.each`
    bits          | because
    ${0xffffffff} | ${"all ones (§1.5)"}
    ${0x0000001f} | ${"an encoding of 48 bits (§1.5)"}
    ${0x0000003f} | ${"an encoding of 64 bits (§1.5)"}
    ${0x0000007f} | ${"an encoding of 80 bits or more (§1.5)"}
    ${0x0000000b} | ${"custom-0"}
    ${0x0000002b} | ${"custom-1"}
    ${0x0000005b} | ${"custom-2"}
    ${0x0000007b} | ${"custom-3"}
    ${0x0000001b} | ${"addiw is RV64's"}
    ${0x0000003b} | ${"addw is RV64's"}
    ${0x0000302f} | ${"amoadd.d is RV64's"}
    ${0x1000302f} | ${"lr.d is RV64's"}
    ${0x1010202f} | ${"lr.w with rs2 = x1"}
    ${0x2800202f} | ${"funct5 = 00101 is reserved (amocas.w, of Zacas)"}
    ${0x0000502f} | ${"an AMO of another width"}
    ${0x06000053} | ${"fadd.q needs Q"}
    ${0x04000053} | ${"fadd.h needs Zfh"}
    ${0x00005053} | ${"fadd.s with rounding mode 5"}
    ${0x02006053} | ${"fadd.d with rounding mode 6"}
    ${0xf800504b} | ${"fnmsub.s with rounding mode 5"}
    ${0x02006043} | ${"fmadd.d with rounding mode 6"}
    ${0x420050d3} | ${"fcvt.d.s with rounding mode 5, though it never rounds"}
    ${0x40000053} | ${"fcvt.s.s"}
    ${0xc0200053} | ${"fcvt.l.s is RV64's"}
    ${0xe2000053} | ${"fmv.x.d is RV64's"}
    ${0xf2000053} | ${"fmv.d.x is RV64's"}
    ${0x58100053} | ${"fsqrt.s with rs2 = 1"}
    ${0x00001007} | ${"flh needs Zfh"}
    ${0x00004027} | ${"fsq needs Q"}
    ${0x00000057} | ${"vadd.vv needs V"}
    ${0x0000200f} | ${"cbo.inval needs Zicbom"}
    ${0x00200f73} | ${"uret with rd = x30"}
    ${0x00010073} | ${"ecall with rs1 = x2"}
    ${0x00004073} | ${"hypervisor loads"}
    ${0x00300073} | ${"funct12 = 3"}
    ${0x10200073} | ${"sret"}
  `("$bits traps: $because", ({ bits }) => {
    expect(isExecutable(bits)).toBe(false);
    expect(decode(bits)).toBe(undefined);
    expect(executeAll(engine, [[bits, false]])).toEqual([]);
  });

  test("a 32-bit pattern across two pages traps with all its bits", () => {
    for (const bits of [0xffffffff, 0x0080007b, 0x1010202f]) {
      const { machine } = guest("nop", {
        engine,
      });
      machine.hart.setPc(CODE + 4092);
      machine.memory.writeU32(CODE_FRAME * 4096 + 4092, 0x00010001 | (bits << 16));
      machine.memory.writeU32((CODE_FRAME + 1) * 4096, bits >>> 16);
      expect(machine.run(2)).toEqual({ kind: "trap", cause: 2, value: bits, pc: CODE + 4094 });
    }
  });

  test("the last halfword of a page is illegal by itself, or the page after it is missing", () => {
    const { machine } = guest("nop", { engine });
    machine.tlb.invalidatePage(0, (CODE >>> 12) + 1);
    const last = CODE + 4094;
    const place = CODE_FRAME * 4096 + 4092;
    machine.memory.writeU32(place, 0x80020001);
    machine.hart.setPc(last);
    expect(machine.run(1)).toEqual({ kind: "trap", cause: 2, value: 0x8002, pc: last });
    machine.memory.writeU32(place, 0xffff0001);
    machine.hart.setPc(last);
    expect(machine.run(1)).toEqual({ kind: "trap", cause: 12, value: CODE + 4096, pc: last });
  });
});
