/**
 * Random programs for Linux on RV32IMAFDC with Zba and Zbb, that end: arithmetic of every kind, accesses that are aligned and within the data,
 * atomics, branches forward, loops that count down, calls. One in four computes with floats a lot. At the end a program writes its registers,
 * f-registers and fcsr too, behind its data and all of that to its standard output.
 */
import { CSR } from "../csr.ts";
import { ROUNDING } from "../float/arithmetic.ts";
import { decode, operand } from "../isa/decode.ts";
import { encode, type Operands } from "../isa/encode.ts";
import type { Instruction } from "../isa/instruction.ts";
import { INSTRUCTIONS } from "../isa/instructions.ts";
import type { Dice } from "./dice.ts";
import { EDGES } from "./instruction-model.ts";
import { linuxElf, type Placed } from "./linux-elf.ts";
import {
  FLOAT_ACCESSES,
  FLOAT_COMPUTING,
  floatBytes,
  floatNumbers,
  floatOperands,
  fRegister,
} from "./random-code.ts";

/** Above the addresses that Linux keeps free. */
const CODE = 0x100000;
const DATA = 0x200000;
export const DATA_BYTES = 0x2000;
/** Where the registers go, from the second base: x1 to x31, fcsr, f0 to f31. */
const REGISTERS_AT = 0x400;
const FCSR_AT = REGISTERS_AT + 31 * 4;
const FLOATS_AT = FCSR_AT + 4;

const RA = 1;
const SP = 2;
/** Registers that hold addresses of data, and what they hold; around the last two 1 KiB may be accessed. */
const BASES: Readonly<Record<number, number>> = {
  [SP]: DATA + 0x100,
  8: DATA + 0x800,
  9: DATA + 0x1800,
};
const OUTER = 27;
/** Counters of the loops of the program itself, and of functions that it calls. */
const INNER = 26;
const INNERMOST = 25;
/** Of results that something else may take the place of. */
const SUM = 24;
const KEPT = new Set([RA, OUTER, INNER, INNERMOST, SUM, ...Object.keys(BASES).map(Number)]);
const FREE = Array.from({ length: 31 }, (_, i) => i + 1).filter((x) => !KEPT.has(x));

const row = (mnemonic: string): Instruction =>
  INSTRUCTIONS.find((candidate) => candidate.mnemonic === mnemonic)!;
const rows = (names: string): readonly Instruction[] => names.split(" ").map(row);

const LOADS = rows("lb lh lw lbu lhu c.lw c.lwsp");
const STORES = rows("sb sh sw c.sw c.swsp");
const BRANCHES = rows("beq bne blt bge bltu bgeu c.beqz c.bnez");
const AMOS = INSTRUCTIONS.filter(({ mnemonic }) => mnemonic.startsWith("amo"));
const FLOAT_LOADS = FLOAT_ACCESSES.filter(({ format }) => format.rd !== undefined);
const FLOAT_STORES = FLOAT_ACCESSES.filter(({ format }) => format.rd === undefined);
const NOT_COMPUTING = new Set([
  ...[...LOADS, ...STORES, ...FLOAT_ACCESSES, ...BRANCHES, ...AMOS].map(({ mnemonic }) => mnemonic),
  ...rows("lr.w sc.w jal jalr ecall ebreak uret").map(({ mnemonic }) => mnemonic),
  ...rows("c.j c.jal c.jr c.jalr c.ebreak c.addi16sp").map(({ mnemonic }) => mnemonic),
]);
const COMPUTING = INSTRUCTIONS.filter(
  (one) =>
    !(NOT_COMPUTING.has(one.mnemonic) || FLOAT_COMPUTING.includes(one)) &&
    one.extension !== "Zicsr",
);

/** One instruction; a jump or branch has the place that it leads to instead of its immediate. */
interface Line {
  readonly row: Instruction;
  readonly operands: Operands;
  readonly to?: Place;
}
/** Lines of which control comes to the first only, at some address when all are laid out. */
interface Place {
  lines: readonly Line[];
  address: number;
}

const place = (...lines: readonly Line[]): Place => ({ lines, address: 0 });
const line = (mnemonic: string, operands: Operands, to?: Place): Line => ({
  row: row(mnemonic),
  operands,
  ...(to && { to }),
});

/** An instance of a row whose destination is free, with any sources; and `imm` if it is given. */
function instance(dice: Dice, candidates: readonly Instruction[], fixed: Operands = {}): Line {
  for (;;) {
    const chosen = dice.of(candidates);
    const { format } = chosen;
    const wanted: Operands = {
      ...(format.rd && { rd: destination(dice, chosen) }),
      ...(format.rs1 && { rs1: dice.below(32) }),
      ...(format.rs2 && { rs2: format.rs2.isFloat ? floatOf(dice, chosen) : dice.below(32) }),
      ...(format.imm && { imm: immediate(dice, format.imm) }),
      ...fixed,
    };
    const bits = encode(chosen, wanted);
    if (typeof bits !== "number" || decode(bits) !== chosen) continue;
    // Operands may share a field: what was encoded counts.
    const operands: Operands = {};
    for (const name of ["rd", "rs1", "rs2", "imm"] as const) {
      if (format[name]) operands[name] = operand(chosen, bits, name);
    }
    if (format.rd?.isFloat !== true && KEPT.has(operands.rd ?? 0)) continue;
    if (encode(chosen, operands) === bits) return { row: chosen, operands };
  }
}

/** A register for what it loads or stores. */
const floatOf = (dice: Dice, one: Instruction): number =>
  fRegister(dice, floatBytes(one) === 8 ? "d" : "s");

function destination(dice: Dice, one: Instruction): number {
  if (one.format.rd?.isFloat) return floatOf(dice, one);
  return dice.isOneIn(20) ? 0 : dice.of(FREE);
}

interface Range {
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

function immediate(dice: Dice, { min, max, step }: Range): number {
  if (dice.isOneIn(4)) return dice.of([min, max, 0, step, -step].filter((x) => x >= min));
  return min + dice.below(Math.floor((max - min) / step) + 1) * step;
}

const SIZES: Readonly<Record<string, number>> = { b: 1, h: 2 };
const sizeOf = (one: Instruction): number =>
  FLOAT_ACCESSES.includes(one) ? floatBytes(one) : (SIZES[one.mnemonic[1] ?? ""] ?? 4);

function access(dice: Dice, candidates: readonly Instruction[]): Line {
  for (;;) {
    const found = instance(dice, candidates, { rs1: Number(dice.of(Object.keys(BASES))) });
    const { rs1 = 0, imm = 0 } = found.operands;
    const size = sizeOf(found.row);
    const reach = rs1 === SP ? { min: -0x100, max: 0x100 } : { min: -1024, max: 1024 };
    if (rs1 in BASES && imm % size === 0 && imm >= reach.min && imm <= reach.max - size) {
      return found;
    }
  }
}

/** An AMO, or LR and SC and what may stand between them, on a word near a base. */
function atomic(dice: Dice): Place {
  const address = dice.of(FREE);
  const base = dice.of([8, 9]);
  const near = line("addi", { rd: address, rs1: base, imm: (dice.below(512) - 256) * 4 });
  const at = { rs1: address };
  if (dice.isOneIn(2)) return place(near, instance(dice, AMOS, at));
  const between: Line[] = [];
  for (let i = dice.below(3); i > 0; i--) {
    const one = instance(dice, COMPUTING);
    if (one.operands.rd !== address) between.push(one);
  }
  const reserve = instance(dice, [row("lr.w")], { ...at, rd: 0 });
  // Not into the address itself, and sometimes the SC is to another word, or there was no LR.
  const store = instance(dice, [row("sc.w")], dice.isOneIn(5) ? { rs1: base } : at);
  const loaded = dice.of(FREE.filter((x) => x !== address));
  const first = { ...reserve, operands: { ...reserve.operands, rd: loaded } };
  return dice.isOneIn(6) ? place(near, store) : place(near, first, ...between, store);
}

function straight(dice: Dice, hasFloats: boolean): Place {
  const kind = dice.below(10);
  // Fresh values, since much of what is computed becomes 0.
  if (kind < 1) return constant(dice.of(FREE), dice.isOneIn(2) ? dice.of(EDGES) : dice.next());
  if (hasFloats ? dice.isOneIn(2) : dice.isOneIn(60)) return floating(dice);
  if (kind < 6) return computing(dice, instance(dice, COMPUTING));
  if (kind < 8) return place(access(dice, LOADS));
  return kind < 9 ? place(access(dice, STORES)) : atomic(dice);
}

function computing(dice: Dice, one: Line): Place {
  const isWord = one.row.format.rd?.isFloat !== true;
  const sum = line("add", { rd: SUM, rs1: SUM, rs2: isWord ? (one.operands.rd ?? 0) : 0 });
  return dice.isOneIn(2) || !isWord ? place(one) : place(one, sum);
}

function floating(dice: Dice): Place {
  const kind = dice.below(20);
  if (kind < 10) {
    const chosen = dice.of(FLOAT_COMPUTING);
    const operands = floatOperands(dice, chosen, dice.of(FREE));
    return computing(dice, instance(dice, [chosen], operands));
  }
  if (kind < 19) return place(access(dice, kind < 16 ? FLOAT_LOADS : FLOAT_STORES));
  const rd = dice.isOneIn(2) ? 0 : dice.of(FREE);
  // No reserved mode: Linux ends who computes with it.
  const mode = dice.isOneIn(2) ? ROUNDING.rne : dice.of(Object.values(ROUNDING));
  return place(
    dice.isOneIn(3)
      ? line("csrrwi", { rd, rs1: mode, imm: CSR.frm })
      : line(dice.of(["csrrwi", "csrrsi", "csrrci"]), {
          rd,
          rs1: dice.isOneIn(2) ? 1 : dice.below(32),
          imm: CSR.fflags,
        }),
  );
}

/** So many places, of which some branch to others behind them, and some are loops. */
function body(
  dice: Dice,
  count: number,
  counter: number,
  functions: readonly Place[],
  hasFloats: boolean,
): Place[] {
  const places = Array.from({ length: count }, () => straight(dice, hasFloats));
  for (let i = 0; i + 1 < count; i++) {
    if (!dice.isOneIn(6)) continue;
    const to = places[Math.min(i + 2 + dice.below(8), count - 1)]!;
    const branch = instance(dice, BRANCHES, { imm: 0 });
    places[i]!.lines = dice.isOneIn(5)
      ? [line(dice.of(["jal", "c.j"]), { rd: 0 }, to)]
      : [{ ...branch, to }];
  }
  for (let i = 0; i + 4 < count; i += 4 + dice.below(12)) {
    if (!dice.isOneIn(3)) continue;
    // Whoever comes into the middle has what an earlier loop left: nothing.
    const head = places[i + 1]!;
    places[i]!.lines = [line("addi", { rd: counter, rs1: 0, imm: 1 + dice.below(20) })];
    places[i + 3]!.lines = [
      line("addi", { rd: counter, rs1: counter, imm: -1 }),
      line("blt", { rs1: 0, rs2: counter }, head),
    ];
  }
  for (let i = 0; functions.length > 0 && i < count; i += 1 + dice.below(30)) {
    if (places[i]!.lines.some(({ operands }) => operands.rd === counter)) continue;
    places[i]!.lines = call(dice, dice.of(functions));
  }
  return places;
}

function call(dice: Dice, to: Place): readonly Line[] {
  if (dice.isOneIn(2)) return [line("jal", { rd: RA }, to)];
  const x = dice.of(FREE);
  const jump = dice.isOneIn(2)
    ? line("jalr", { rd: RA, rs1: x, imm: 0 })
    : line("c.jalr", { rs1: x });
  return [line("lui", { rd: x }, to), line("addi", { rd: x, rs1: x }, to), jump];
}

function constant(x: number, value: number): Place {
  const low = (value << 20) >> 20;
  return place(
    line("lui", { rd: x, imm: (value - low) | 0 }),
    line("addi", { rd: x, rs1: x, imm: low }),
  );
}

function program(dice: Dice, hasFloats: boolean): Place[] {
  const functions = Array.from({ length: dice.below(4) }, () => [
    ...body(dice, 4 + dice.below(20), INNERMOST, [], hasFloats),
    place(dice.isOneIn(2) ? line("jalr", { rd: 0, rs1: RA, imm: 0 }) : line("c.jr", { rs1: RA })),
  ]);
  const begin = Array.from({ length: 31 }, (_, i) => {
    const x = i + 1;
    const value = dice.isOneIn(2) ? dice.of(EDGES) : dice.next();
    const counted: Readonly<Record<number, number>> = {
      [OUTER]: 1 + dice.below(40),
      [INNER]: 0,
      [INNERMOST]: 0,
      [RA]: 0,
    };
    return constant(x, BASES[x] ?? counted[x] ?? value);
  });
  const main = body(
    dice,
    20 + dice.below(200),
    INNER,
    functions.map((places) => places[0]!),
    hasFloats,
  );
  const floats = Array.from({ length: 32 }, (_, i) => i);
  const end = [
    ...Array.from({ length: 31 }, (_, i) =>
      place(line("sw", { rs1: 9, rs2: i + 1, imm: REGISTERS_AT + i * 4 })),
    ),
    place(
      line("csrrs", { rd: SUM, rs1: 0, imm: CSR.fcsr }),
      line("sw", { rs1: 9, rs2: SUM, imm: FCSR_AT }),
      ...floats.map((f) => line("fsd", { rs1: 9, rs2: f, imm: FLOATS_AT + f * 8 })),
    ),
    // write(1, DATA, DATA_BYTES), exit(0)
    ...[constant(10, 1), constant(11, DATA), constant(12, DATA_BYTES), constant(17, 64)],
    place(line("ecall", {})),
    ...[constant(10, 0), constant(17, 93)],
    place(line("ecall", {})),
  ];
  const again = place(
    line("addi", { rd: OUTER, rs1: OUTER, imm: -1 }),
    line("beq", { rs1: OUTER, rs2: 0 }, end[0]),
    line("jal", { rd: 0 }, main[0]),
  );
  const loaded = hasFloats ? floats : [];
  const load = place(...loaded.map((f) => line("fld", { rd: f, rs1: 8, imm: f * 8 })));
  return [...begin, load, ...main, again, ...end, ...functions.flat()];
}

function layOut(places: readonly Place[]): Uint8Array {
  let at = CODE;
  for (const each of places) {
    each.address = at;
    for (const { row: found } of each.lines) at += found.encoding.length;
  }
  const bytes = new Uint8Array(at - CODE);
  const view = new DataView(bytes.buffer);
  at = CODE;
  for (const { row: found, operands, to } of places.flatMap(({ lines }) => lines)) {
    const bits = encode(found, { ...operands, ...(to && { imm: target(found, to.address, at) }) });
    if (typeof bits === "string") throw new Error(bits);
    if (found.encoding.length === 4) view.setUint32(at - CODE, bits, true);
    else view.setUint16(at - CODE, bits, true);
    at += found.encoding.length;
  }
  return bytes;
}

/** What of an address stands in an instruction at `at`. */
function target({ mnemonic }: Instruction, address: number, at: number): number {
  const low = (address << 20) >> 20;
  return mnemonic === "lui" ? address - low : mnemonic === "addi" ? low : address - at;
}

export interface RandomProgram {
  readonly hasFloats: boolean;
  readonly code: Placed;
  readonly data: Placed;
  readonly elf: Uint8Array;
}

export function randomProgram(dice: Dice): RandomProgram {
  const hasFloats = dice.isOneIn(4);
  const code = { address: CODE, bytes: layOut(program(dice, hasFloats)) };
  const data = { address: DATA, bytes: new Uint8Array(DATA_BYTES) };
  const words = new Uint32Array(data.bytes.buffer);
  for (let i = 0; i < words.length; i++) {
    words[i] = dice.isOneIn(2) ? dice.of(EDGES) : dice.next();
  }
  if (hasFloats) words.set(floatNumbers(dice, words.length / 2, "memory"));
  return { hasFloats, code, data, elf: linuxElf(code, data) };
}
