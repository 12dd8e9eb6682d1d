/**
 * A loop that does instructions from their bits, as one function of WebAssembly: for code that has not run often enough for anything better.
 * Nothing is decoded beforehand or kept, so nothing of it is ever out of date. It is made from the table of instructions.
 *
 * Like translated code it leaves before each instruction that is out of the ordinary, and the interpreter does that one: an access that its
 * lookaside does not answer, whatever it does not know, a page in which a breakpoint is set. It is all in one file since it is one function,
 * whose labels lie within each other.
 */
import { type Bucket, COMPRESSED_BUCKETS, FULL_BUCKETS } from "../isa/decode.ts";
import type { RegisterField } from "../isa/encoding.ts";
import { baseName, type Instruction } from "../isa/instruction.ts";
import { LOOKASIDE_BASE, LOOKASIDE_PAGE } from "../memory/lookaside.ts";
import { NO_RESERVATION, RAM_BASE, STATE } from "../state-layout.ts";
import {
  type ColdLimits,
  type ColdPlaces,
  ENTRY,
  ENTRY_BYTES,
  ENTRY_SLOTS,
  HEAT_SLOTS,
  JUMP_HEAT,
  JUMP_SLOTS,
  WHY,
} from "./cold-places.ts";
import { emitColdFloats, isColdFloat } from "./emit-cold-floats.ts";
import { Fields } from "./fields.ts";
import { Code, moduleOf, OP } from "./module-builder.ts";
import {
  ATOMIC,
  COMPARE,
  FLOAT_LOADS,
  FLOAT_STORES,
  type FloatLoad,
  type FloatStore,
  LOADS,
  STORES,
  WORD as WORD_MASK,
} from "./operations.ts";
import { type Operands, RESULTS } from "./results.ts";

// Parameters: steps left, whose address space, and the address of the first instruction.
const LEFT = 0;
const TAG = 1;
const PC = 2;
/** The instruction, and what follows one of 16 bits. */
const WORD = 3;
/** The page that PC is in, and what is added to an address there for its place in linear memory. */
const PAGE = 4;
const DELTA = 5;
/** Where a jump leads, and what it adds to the heat there. */
const TO = 6;
const HEAT = 7;
const ADDRESS = 8;
const SLOT = 9;
const GIVEN = 10;
const REST = 11;
const I32_LOCALS = 9;
/** i64: the word of whose address space it is, above 32 bits of 0. */
const OWNER = 12;
const DIFFERENCE = 13;
const I64_LOCALS = 2;

const OFFSET = 0xfff;
/** The opcode that is below the rd of an auipc. */
const AUIPC = 0x17;

/** What does an instruction of F or D. */
const FLOATS_FUNCTION = 1;

/** A module with the loop as its function 0, of a memory of so many pages of WebAssembly's. */
export function emitColdLoop(
  places: ColdPlaces,
  limits: ColdLimits,
  memoryPages: number,
): Uint8Array {
  const code = new Emitter(places, limits).emit();
  const body = {
    i32Locals: I32_LOCALS,
    i64Locals: I64_LOCALS,
    f64Locals: 0,
    f32Locals: 0,
    code,
    needs: 1,
  };
  return moduleOf([body, emitColdFloats()], memoryPages, ENTRY_SLOTS);
}

type Label =
  | "exit"
  | "arrive"
  | "top"
  | "after2"
  | "after4"
  | "notHere"
  | "inner"
  | "floats"
  | Bucket;

class Emitter {
  readonly #code = new Code();
  readonly #fields = new Fields(this.#code, WORD);
  readonly #places: ColdPlaces;
  readonly #limits: ColdLimits;
  readonly #labels: Label[] = [];
  /** How far out the place of each bucket is from where it is chosen. */
  #depths: ReadonlyMap<Bucket | "floats", number> = new Map();

  constructor(places: ColdPlaces, limits: ColdLimits) {
    this.#places = places;
    this.#limits = limits;
  }

  emit(): Code {
    const code = this.#code;
    code.get(TAG).op(OP.i64ExtendI32U).long(32n).op(OP.i64Shl).set(OWNER);
    // A page that PC is not in: the first look finds the right one.
    code.get(PC).const(~OFFSET).op(OP.i32And).const(0x1000).op(OP.i32Add).set(PAGE);
    code.get(PC).set(TO);
    this.#within("exit", OP.block, () => {
      this.#within("arrive", OP.loop, () => {
        this.#arrive();
        this.#within("top", OP.loop, () => this.#top());
        code.op(OP.unreachable);
      });
      code.op(OP.unreachable);
    });
    return code.const(0).get(PC).memory(OP.i32Store, 2, STATE.pc).get(LEFT);
  }

  /** Control has come to TO by a jump: it goes on in translated code, if there is some. */
  #arrive(): void {
    const code = this.#code;
    const { entries, heat, why } = this.#places;
    code.get(TO).set(PC);
    // Translated code may begin with an instruction in two pages.
    this.#findPage(() => {});
    this.#within("notHere", OP.block, () => {
      code.get(PC).const(4).op(OP.i32Shl);
      code
        .const((ENTRY_SLOTS - 1) * ENTRY_BYTES)
        .op(OP.i32And)
        .tee(SLOT);
      code.memory(OP.i64Load, 3, entries);
      code.get(PC).get(DELTA).op(OP.i32Add).op(OP.i64ExtendI32U).long(32n).op(OP.i64Shl);
      code.get(PC).op(OP.i64ExtendI32U).op(OP.i64Or).op(OP.i64Ne);
      this.#branchIf("notHere");
      code.get(LEFT).const(0).memory(OP.i32Load, 2, this.#places.tickLeft);
      code.get(SLOT).memory(OP.i32Load, 2, entries + ENTRY.reserves);
      code.op(OP.i32And).op(OP.i32Sub).tee(REST).const(0).op(OP.i32LeS);
      this.#within("inner", OP.if, () => this.#exitAtTick());
      code
        .get(REST)
        .get(SLOT)
        .memory(OP.i32Load, 2, entries + ENTRY.needs)
        .op(OP.i32LtS);
      this.#branchIf("notHere");
      this.#enter();
    });
    code.get(HEAT);
    this.#within("inner", OP.if, () => {
      code
        .get(PC)
        .const(1)
        .op(OP.i32Shl)
        .const((HEAT_SLOTS - 1) * 4)
        .op(OP.i32And)
        .tee(SLOT);
      code.get(SLOT).memory(OP.i32Load, 2, heat).get(HEAT).op(OP.i32Add).tee(GIVEN);
      code.memory(OP.i32Store, 2, heat);
      code.get(GIVEN).const(this.#limits.heat).op(OP.i32GeS);
      this.#within("inner", OP.if, () => {
        code.get(SLOT).const(0).memory(OP.i32Store, 2, heat);
        code.const(0).const(WHY.hot).const(WHY.hotAfterCall);
        code.get(HEAT).const(1).op(OP.i32Ne).op(OP.select).memory(OP.i32Store, 2, why);
        this.#branch("exit");
      });
    });
  }

  #exitAtTick(): void {
    this.#code.const(0).const(WHY.tick).memory(OP.i32Store, 2, this.#places.why);
    this.#branch("exit");
  }

  /** Calls the translated code whose entry is at SLOT, for REST steps at most. */
  #enter(): void {
    const code = this.#code;
    const { entries, translated, unexpected } = this.#places;
    const { calls, earlyVisits, earlySteps, steps } = this.#limits;
    code
      .get(SLOT)
      .get(SLOT)
      .memory(OP.i32Load, 2, entries + ENTRY.count);
    code
      .const(1)
      .op(OP.i32Add)
      .tee(GIVEN)
      .memory(OP.i32Store, 2, entries + ENTRY.count);
    code.const(earlySteps).const(steps).get(GIVEN).const(earlyVisits).op(OP.i32LeU);
    code.op(OP.select).tee(GIVEN).get(REST).get(GIVEN).get(REST).op(OP.i32LtS).op(OP.select);
    code.tee(GIVEN).get(TAG).const(calls).get(SLOT).const(5).op(OP.i32ShrU);
    code.op(OP.callIndirect).u32(0).u32(0).tee(REST).get(GIVEN).op(OP.i32Eq);
    this.#branchIf("notHere");
    code.const(0).const(0).memory(OP.i32Load, 2, translated);
    code.get(GIVEN).get(REST).op(OP.i32Sub).tee(GIVEN).op(OP.i32Add);
    code.memory(OP.i32Store, 2, translated);
    code.get(LEFT).get(GIVEN).op(OP.i32Sub).set(LEFT);
    code.const(0).memory(OP.i32Load, 2, STATE.pc).tee(TO).set(PC);
    code.const(0).memory(OP.i32Load, 2, unexpected);
    this.#branchIf("exit");
    code.const(1).set(HEAT);
    this.#branch("arrive");
  }

  /** One instruction, at PC. */
  #top(): void {
    const code = this.#code;
    code.get(LEFT).op(OP.i32Eqz);
    this.#branchIf("exit");
    this.#findPage(() => this.#exitIfSpanning());
    code.get(PC).get(DELTA).op(OP.i32Add).memory(OP.i32Load, 0, 0).set(WORD);
    this.#within("after2", OP.block, () => {
      this.#within("after4", OP.block, () => this.#dispatch());
      this.#next(4);
    });
    this.#next(2);
  }

  #next(length: 2 | 4): void {
    this.#code.get(PC).const(length).op(OP.i32Add).set(PC);
    this.#countStep();
    this.#branch("top");
  }

  #countStep(): void {
    this.#code.get(LEFT).const(1).op(OP.i32Sub).set(LEFT);
  }

  /** Finds the page of PC, if that is another than before, or where an instruction may lie across its end; and does something more then. */
  #findPage(more: () => void): void {
    const code = this.#code;
    const { plain } = this.#places;
    code
      .get(PC)
      .get(PAGE)
      .op(OP.i32Sub)
      .const(OFFSET - 3)
      .op(OP.i32GtU);
    this.#within("inner", OP.if, () => {
      code.get(PC).const(8).op(OP.i32ShrU).const(0x3ff0).op(OP.i32And).tee(SLOT);
      code.memory(OP.i64Load, 3, plain + LOOKASIDE_PAGE);
      code.get(PC).const(~OFFSET).op(OP.i32And).tee(PAGE).op(OP.i64ExtendI32U);
      code.get(OWNER).op(OP.i64Or).op(OP.i64Ne);
      this.#branchIf("exit");
      code.get(SLOT).memory(OP.i32Load, 2, plain + LOOKASIDE_BASE);
      code.get(PAGE).op(OP.i32Sub).const(RAM_BASE).op(OP.i32Add).set(DELTA);
      more();
    });
  }

  /** Leaves before an instruction whose second half lies in the next page. */
  #exitIfSpanning(): void {
    const code = this.#code;
    code.get(PC).const(OFFSET).op(OP.i32And);
    code.const(OFFSET - 1).op(OP.i32Eq);
    this.#within("inner", OP.if, () => {
      code.get(PC).get(DELTA).op(OP.i32Add).memory(OP.i32Load16U, 1, 0);
      code.const(3).op(OP.i32And).const(3).op(OP.i32Eq);
      this.#branchIf("exit");
    });
  }

  /** Does WORD. */
  #dispatch(): void {
    const code = this.#code;
    const all = new Set([...FULL_BUCKETS, ...COMPRESSED_BUCKETS]);
    const known = [...all].filter(({ rows }) => rows.some((row) => this.#knows(row)));
    const places = ["floats", ...known] as const;
    for (const place of places) {
      this.#labels.push(place);
      code.begin(OP.block);
    }
    this.#depths = new Map(places.map((place, i) => [place, places.length - i]));
    code.get(WORD).const(3).op(OP.i32And).const(3).op(OP.i32Eq);
    this.#within("inner", OP.if, () => {
      code.get(WORD).const(2).op(OP.i32ShrU).const(31).op(OP.i32And);
      code
        .get(WORD)
        .const(7)
        .op(OP.i32ShrU)
        .const(7 << 5)
        .op(OP.i32And)
        .op(OP.i32Or);
      this.#table(FULL_BUCKETS);
      code.op(OP.else).get(WORD).const(3).op(OP.i32And);
      code
        .get(WORD)
        .const(11)
        .op(OP.i32ShrU)
        .const(7 << 2)
        .op(OP.i32And)
        .op(OP.i32Or);
      this.#table(COMPRESSED_BUCKETS);
    });
    code.op(OP.unreachable);
    for (const bucket of known.reverse()) {
      code.op(OP.end);
      this.#labels.pop();
      this.#bucket(bucket);
    }
    code.op(OP.end);
    this.#labels.pop();
    code.get(WORD).const(0).const(0).op(OP.call).u32(FLOATS_FUNCTION);
    this.#branchIf("after4");
    this.#branch("exit");
  }

  #table(targets: readonly Bucket[]): void {
    const exit = this.#depthOf("exit");
    this.#code.op(OP.brTable).u32(targets.length);
    for (const target of targets) {
      const place = target.rows.some(isColdFloat) ? "floats" : target;
      this.#code.u32(this.#depths.get(place) ?? exit);
    }
    this.#code.u32(exit);
  }

  /** The row of a bucket that WORD is an instance of. */
  #bucket({ rows, mask }: Bucket): void {
    const code = this.#code;
    for (const row of rows) {
      const open = row.encoding.mask & ~mask;
      const except = Object.entries(row.except ?? {}) as [keyof typeof row.except, number[]][];
      if (open === 0 && except.length === 0) {
        this.#row(row);
        return;
      }
      code
        .get(WORD)
        .const(open)
        .op(OP.i32And)
        .const(row.encoding.match & open)
        .op(OP.i32Eq);
      for (const [name, values] of except) {
        for (const value of values) {
          if (name === "imm") this.#fields.immediate(row.format.imm!);
          else this.#fields.index(row.format[name as "rd" | "rs1" | "rs2"]!);
          code.const(value).op(OP.i32Ne).op(OP.i32And);
        }
      }
      this.#within("inner", OP.if, () => this.#row(row));
    }
    this.#branch("exit");
  }

  #knows(row: Instruction): boolean {
    const name = baseName(row);
    return (
      RESULTS.has(name) ||
      name in LOADS ||
      name in STORES ||
      name in FLOAT_LOADS ||
      name in FLOAT_STORES ||
      name in COMPARE ||
      name === "jal" ||
      name === "jalr" ||
      name === "lr.w" ||
      name === "sc.w" ||
      name in ATOMIC ||
      name === "fence"
    );
  }

  /** An instance of a row, with a jump to what comes next at its end. */
  #row(row: Instruction): void {
    const code = this.#code;
    const name = baseName(row);
    const { rd, rs1, rs2, imm } = row.format;
    const load = LOADS[name];
    const store = STORES[name];
    const compare = COMPARE[name];
    const result = RESULTS.get(name);
    if (load !== undefined) {
      this.#lookUp(this.#places.loads, row, load[2]);
      this.#write(row, () => code.get(ADDRESS).memory(load[0], load[1], RAM_BASE));
    } else if (store !== undefined) {
      this.#lookUp(this.#places.stores, row, store[2]);
      code.get(ADDRESS);
      this.#fields.value(rs2!);
      code.memory(store[0], store[1], RAM_BASE);
    } else if (name in FLOAT_LOADS) {
      this.#loadFloat(row, FLOAT_LOADS[name]!);
    } else if (name in FLOAT_STORES) {
      this.#storeFloat(row, FLOAT_STORES[name]!);
    } else if (compare !== undefined) {
      this.#fields.value(rs1!);
      this.#fields.value(rs2!);
      code.op(compare);
      this.#within("inner", OP.if, () => {
        this.#target(row);
        this.#goBackOrOn();
      });
    } else if (name === "jal") {
      this.#target(row);
      this.#link(row);
      if (rd!.count > 0 || rd!.first > 0) {
        this.#fields.index(rd!);
        this.#within("inner", OP.if, () => this.#jump(JUMP_HEAT));
      }
      this.#goBackOrOn();
      return;
    } else if (name === "jalr") {
      this.#jumpByRegister(row);
      return;
    } else if (result !== undefined) {
      const operands: Operands = {
        rs1: () => this.#fields.value(rs1!),
        rs2: () => this.#fields.value(rs2!),
        imm: () => this.#fields.immediate(imm!),
        pc: () => code.get(PC),
      };
      this.#write(row, () => result(code, operands));
    } else if (name === "lr.w" || name === "sc.w") {
      this.#reserve(row, name === "lr.w");
    } else if (name in ATOMIC) {
      this.#atomic(row, ATOMIC[name]!);
    } else if (name !== "fence") {
      this.#branch("exit");
      return;
    }
    this.#branch(row.encoding.length === 4 ? "after4" : "after2");
  }

  #loadFloat(row: Instruction, { opcode, alignment, mask, isSingle }: FloatLoad): void {
    const code = this.#code;
    const rd = row.format.rd!;
    this.#lookUp(this.#places.loads, row, mask);
    this.#fields.offset(rd, 3);
    code.get(ADDRESS).memory(opcode, alignment, RAM_BASE);
    if (isSingle) code.long(-1n << 32n).op(OP.i64Or);
    code.memory(OP.i64Store, 3, STATE.f + rd.first * 8);
  }

  #storeFloat(row: Instruction, { load, opcode, alignment, mask }: FloatStore): void {
    const code = this.#code;
    const rs2 = row.format.rs2!;
    this.#lookUp(this.#places.stores, row, mask);
    code.get(ADDRESS);
    this.#fields.offset(rs2, 3);
    code.memory(load, alignment, STATE.f + rs2.first * 8);
    code.memory(opcode, alignment, RAM_BASE);
  }

  #reserve(row: Instruction, isLoad: boolean): void {
    const code = this.#code;
    code.get(LEFT).const(0).memory(OP.i32Load, 2, this.#places.tickLeft).op(OP.i32LeS);
    this.#within("inner", OP.if, () => this.#exitAtTick());
    if (isLoad) {
      this.#lookUp(this.#places.loads, row, WORD_MASK);
      code.const(0).get(ADDRESS).memory(OP.i32Store, 2, STATE.reservation);
      this.#write(row, () => code.get(ADDRESS).memory(OP.i32Load, 2, RAM_BASE));
      return;
    }
    this.#lookUp(this.#places.stores, row, WORD_MASK);
    code.const(0).memory(OP.i32Load, 2, STATE.reservation).get(ADDRESS).op(OP.i32Ne).set(REST);
    code.const(0).const(NO_RESERVATION).memory(OP.i32Store, 2, STATE.reservation);
    code.get(REST).op(OP.i32Eqz);
    this.#within("inner", OP.if, () => {
      code.get(ADDRESS);
      this.#fields.value(row.format.rs2!);
      code.memory(OP.i32Store, 2, RAM_BASE);
    });
    this.#write(row, () => code.get(REST));
  }

  #atomic(row: Instruction, [kind, opcode]: (typeof ATOMIC)[string]): void {
    const code = this.#code;
    const { rs2 } = row.format;
    // It reads what it writes: both must be allowed.
    this.#lookUp(this.#places.loads, row, WORD_MASK);
    this.#lookUp(this.#places.stores, row, WORD_MASK);
    code.get(ADDRESS).memory(OP.i32Load, 2, RAM_BASE).set(REST).get(ADDRESS);
    if (kind !== "swap") code.get(REST);
    this.#fields.value(rs2!);
    if (kind === "binary") code.op(opcode);
    else if (kind === "select") {
      code.get(REST);
      this.#fields.value(rs2!);
      code.op(opcode).op(OP.select);
    }
    code.memory(OP.i32Store, 2, RAM_BASE);
    this.#write(row, () => code.get(REST));
  }

  #target({ format: { imm } }: Instruction): void {
    const code = this.#code;
    code.get(PC);
    this.#fields.immediate(imm!);
    code.op(OP.i32Add).set(TO);
  }

  #link(row: Instruction): void {
    this.#write(row, () => this.#code.get(PC).const(row.encoding.length).op(OP.i32Add));
  }

  #jump(heat: number): void {
    this.#countStep();
    this.#code.const(heat).set(HEAT);
    this.#branch("arrive");
  }

  /** Goes to TO, where only a jump back is counted. */
  #goBackOrOn(): void {
    const code = this.#code;
    code.get(TO).get(PC).op(OP.i32LeS);
    this.#within("inner", OP.if, () => this.#jump(JUMP_HEAT));
    this.#countStep();
    code.get(TO).set(PC);
    this.#branch("top");
  }

  /** A return goes anywhere; another jump where the interpreter has seen it go, so that it is known to whoever translates it. */
  #jumpByRegister(row: Instruction): void {
    const code = this.#code;
    const { rd, rs1, imm } = row.format;
    this.#fields.value(rs1!);
    this.#fields.immediate(imm!);
    code.op(OP.i32Add).const(-2).op(OP.i32And).set(TO);
    // x1 and x5 are what Unpriv §2.5 hints at.
    this.#fields.index(rs1!);
    code.const(~4).op(OP.i32And).const(1).op(OP.i32Eq);
    this.#fields.index(rd!);
    code.op(OP.i32Eqz).op(OP.i32And);
    this.#within("inner", OP.if, () => this.#jump(1));
    this.#afterAuipc(rs1!);
    code.op(OP.i32Eqz);
    this.#within("inner", OP.if, () => this.#checkJump());
    this.#link(row);
    this.#jump(JUMP_HEAT);
  }

  /** Whether what stands before a jump says where it leads. */
  #afterAuipc(rs1: RegisterField): void {
    const code = this.#code;
    code.get(PC).get(DELTA).op(OP.i32Add).const(4).op(OP.i32Sub).memory(OP.i32Load, 0, 0);
    code.const(0xfff).op(OP.i32And);
    this.#fields.index(rs1);
    code.const(7).op(OP.i32Shl).const(AUIPC).op(OP.i32Or).op(OP.i32Eq);
  }

  #checkJump(): void {
    const code = this.#code;
    code.get(PC).const(1).op(OP.i32ShrU).get(TO).const(3).op(OP.i32ShrU).op(OP.i32Xor);
    code
      .const(JUMP_SLOTS - 1)
      .op(OP.i32And)
      .const(3)
      .op(OP.i32Shl);
    code.memory(OP.i64Load, 3, this.#places.jumps);
    code.get(TO).op(OP.i64ExtendI32U).long(32n).op(OP.i64Shl);
    code.get(PC).op(OP.i64ExtendI32U).op(OP.i64Or).op(OP.i64Ne);
    this.#branchIf("exit");
  }

  /** Finds the ADDRESS in RAM of an access, or leaves. */
  #lookUp(lookaside: number, { format: { rs1, imm, ordered } }: Instruction, mask: number): void {
    const code = this.#code;
    this.#fields.value(rs1!);
    // Of LR, SC and the AMOs it says how they are ordered.
    if (ordered !== true) {
      this.#fields.immediate(imm!);
      code.op(OP.i32Add);
    }
    code.tee(ADDRESS).const(8).op(OP.i32ShrU).const(0x3ff0).op(OP.i32And).set(SLOT);
    code.get(ADDRESS).op(OP.i64ExtendI32U).get(OWNER).op(OP.i64Or);
    code
      .get(SLOT)
      .memory(OP.i64Load, 3, lookaside + LOOKASIDE_PAGE)
      .op(OP.i64Sub);
    code.tee(DIFFERENCE).long(BigInt(mask)).op(OP.i64And).long(0n).op(OP.i64Ne);
    this.#branchIf("exit");
    code.get(SLOT).memory(OP.i32Load, 2, lookaside + LOOKASIDE_BASE);
    code.get(DIFFERENCE).op(OP.i32WrapI64).op(OP.i32Add).set(ADDRESS);
  }

  /** Writes what `value` puts on the stack to rd; x0 stays 0. */
  #write({ format: { rd }, except }: Instruction, value: () => void): void {
    const code = this.#code;
    if (rd!.count === 0 && rd!.first === 0) return;
    this.#fields.offset(rd!);
    value();
    code.memory(OP.i32Store, 2, STATE.x + rd!.first * 4);
    const mayBeZero = rd!.first === 0 && except?.rd?.includes(0) !== true;
    if (mayBeZero) code.const(0).const(0).memory(OP.i32Store, 2, STATE.x);
  }

  #within(label: Label, opcode: number, emit: () => void): void {
    this.#labels.push(label);
    this.#code.begin(opcode);
    emit();
    this.#code.op(OP.end);
    this.#labels.pop();
  }

  #branch(label: Label): void {
    this.#code.op(OP.br).u32(this.#depthOf(label));
  }

  #branchIf(label: Label): void {
    this.#code.op(OP.brIf).u32(this.#depthOf(label));
  }

  #depthOf(label: Label): number {
    const at = this.#labels.lastIndexOf(label);
    if (at < 0) throw new Error("a label is around what branches to it");
    return this.#labels.length - 1 - at;
  }
}
