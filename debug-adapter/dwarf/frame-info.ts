/**
 * Call frame information (DWARF5 §6.4) from .debug_frame and .eh_frame: for an address, how the caller's registers are found. The
 * .eh_frame format is that of the Linux Standard Base, "Exception Frames"; .debug_frame is preferred where both know an address, since
 * .eh_frame can't hold a return column beyond 255.
 */

import { CFA } from "./constants.ts";
import type { Cursor } from "./cursor.ts";
import { DwarfDataError } from "./problems.ts";
import { RangeMap } from "./range-map.ts";
import type { DebugSections } from "./sections.ts";

/** How the canonical frame address is computed: a register plus an offset, or an expression. */
export type CfaRule =
  | { readonly kind: "register"; readonly register: number; readonly offset: number }
  | { readonly kind: "expression"; readonly bytes: Uint8Array };

/** How a register of the caller is found (DWARF5 §6.4.1). A register without a rule is up to the ABI. */
export type RegisterRule =
  | { readonly kind: "undefined" }
  | { readonly kind: "same value" }
  /** Saved at CFA + offset. */
  | { readonly kind: "offset"; readonly offset: number }
  /** Is CFA + offset. */
  | { readonly kind: "value offset"; readonly offset: number }
  | { readonly kind: "register"; readonly register: number }
  /** Saved at the address that the expression computes. */
  | { readonly kind: "expression"; readonly bytes: Uint8Array }
  /** Is what the expression computes. */
  | { readonly kind: "value expression"; readonly bytes: Uint8Array };

/** The row of the table that holds at an address. */
export interface UnwindRow {
  readonly cfa: CfaRule;
  readonly registers: ReadonlyMap<number, RegisterRule>;
  /** The column that holds the return address: 1 (ra) for functions. */
  readonly returnColumn: number;
  /** The frame was interrupted into, not called ('S'): the address that it returns to is itself to be executed next. */
  readonly isSignalFrame: boolean;
  /** The function's range that the row's table covers. */
  readonly low: number;
  readonly high: number;
}

type Section = "frame" | "ehFrame";

interface CommonInformation {
  readonly codeAlignment: number;
  readonly dataAlignment: number;
  readonly returnColumn: number;
  readonly isSignalFrame: boolean;
  /** DW_EH_PE_* of the addresses in the descriptions. */
  readonly encoding: number;
  readonly hasAugmentationData: boolean;
  readonly instructions: readonly [start: number, end: number];
}

interface FrameDescription {
  readonly section: Section;
  readonly common: CommonInformation;
  readonly low: number;
  readonly high: number;
  readonly instructions: readonly [start: number, end: number];
}

const LAST_INTEGER_REGISTER = 31;

/** More nested remember_state than any compiler writes. */
const STATE_STACK_MAX = 100;

export class FrameInfo {
  readonly #sections: DebugSections;
  #maps: readonly RangeMap<FrameDescription>[] | undefined;

  constructor(sections: DebugSections) {
    this.#sections = sections;
  }

  /** `undefined` if no description covers `address`, or it is malformed (reported). */
  rowAt(address: number): UnwindRow | undefined {
    this.#maps ??= [this.#read("frame"), this.#read("ehFrame")];
    for (const map of this.#maps) {
      const description = map.at(address);
      const row =
        description &&
        this.#sections.problems.guard("Call frame information", undefined, () =>
          this.#execute(description, address),
        );
      if (row) return row;
    }
    return undefined;
  }

  #execute(description: FrameDescription, address: number): UnwindRow {
    const { common, section, low, high } = description;
    const machine = new TableMachine(common, low, address);
    for (const [start, end] of [common.instructions, description.instructions]) {
      machine.run(this.#sections.cursor(section, start, end), this.#sections.address(section));
      machine.markInitial();
    }
    if (!machine.cfa) throw new DwarfDataError("no rule for the canonical frame address");
    return {
      cfa: machine.cfa,
      registers: machine.registers,
      returnColumn: common.returnColumn,
      isSignalFrame: common.isSignalFrame,
      low,
      high,
    };
  }

  /** All descriptions of a section; of a damaged one, those before the damage. */
  #read(section: Section): RangeMap<FrameDescription> {
    const items: { low: number; high: number; value: FrameDescription }[] = [];
    const commons = new Map<number, CommonInformation | undefined>();
    this.#sections.problems.guard("Call frame information", undefined, () => {
      const cursor = this.#sections.cursor(section);
      while (!cursor.isAtEnd) {
        const end = this.#readEntry(section, cursor, commons, items);
        cursor.position = end;
      }
    });
    return new RangeMap(items);
  }

  #readEntry(
    section: Section,
    cursor: Cursor,
    commons: Map<number, CommonInformation | undefined>,
    items: { low: number; high: number; value: FrameDescription }[],
  ): number {
    const { end, offsetSize } = cursor.initialLength();
    if (end === cursor.position) return end;
    const idOffset = cursor.position;
    const id = cursor.unsigned(offsetSize);
    const isCommon =
      section === "ehFrame" ? id === 0 : id === (offsetSize === 4 ? 0xffffffff : 2 ** 64);
    if (isCommon) return end;
    const commonOffset = section === "ehFrame" ? idOffset - id : id;
    if (!commons.has(commonOffset)) {
      commons.set(
        commonOffset,
        this.#sections.problems.guard("Call frame information", undefined, () =>
          readCommon(this.#sections.cursor(section, commonOffset), section),
        ),
      );
    }
    const common = commons.get(commonOffset);
    if (!common) return end;
    const low = readEncoded(cursor, common.encoding, this.#sections.address(section));
    // The length is encoded like the address, but is never relative to anything.
    const high = low + readEncoded(cursor, common.encoding & 0x0f, 0);
    if (common.hasAugmentationData) cursor.skip(cursor.uleb());
    if (low < high && this.#sections.isCode(low)) {
      const instructions = [cursor.position, end] as const;
      items.push({ low, high, value: { section, common, low, high, instructions } });
    }
    return end;
  }
}

/** A common information entry (DWARF5 §6.4.1; augmentations as in the Linux Standard Base). */
function readCommon(cursor: Cursor, section: Section): CommonInformation {
  const { end, offsetSize } = cursor.initialLength();
  const id = cursor.unsigned(offsetSize);
  if (section === "ehFrame" ? id !== 0 : id < 0xffffffff) {
    throw new DwarfDataError(`no common information entry before ${cursor.where()}`);
  }
  const version = cursor.u8();
  if (version !== 1 && version !== 3 && version !== 4) {
    throw new DwarfDataError(`version ${version} isn't supported`);
  }
  const augmentation = cursor.string();
  if (version === 4) cursor.skip(2);
  const codeAlignment = cursor.uleb();
  const dataAlignment = cursor.sleb();
  const returnColumn = version === 1 ? cursor.u8() : cursor.uleb();
  let encoding: number = ENCODING.absolute;
  let instructionsStart = cursor.position;
  const hasAugmentationData = augmentation.startsWith("z");
  if (hasAugmentationData) {
    const size = cursor.uleb();
    instructionsStart = cursor.position + size;
    for (const letter of augmentation.slice(1)) {
      if (letter === "R") encoding = cursor.u8();
      else if (letter === "L") cursor.skip(1);
      else if (letter === "P") readEncoded(cursor, cursor.u8(), 0);
      else if (letter !== "S" && letter !== "B") break;
    }
  } else if (augmentation !== "" && augmentation !== "S") {
    throw new DwarfDataError(`the augmentation '${augmentation}' isn't supported`);
  }
  return {
    codeAlignment,
    dataAlignment,
    returnColumn,
    // Clang can't write 'S' to .debug_frame. A return column of its own says the same: ra is then the interrupted code's.
    isSignalFrame: augmentation.includes("S") || returnColumn > LAST_INTEGER_REGISTER,
    encoding,
    hasAugmentationData,
    instructions: [Math.min(instructionsStart, end), end],
  };
}

/** DW_EH_PE_*: a format in the low four bits, what it is relative to in the next three (Linux Standard Base, DWARF Exception Header Encoding). */
const ENCODING = { absolute: 0x00, pcRelative: 0x10 } as const;

function readEncoded(cursor: Cursor, encoding: number, sectionAddress: number): number {
  const place = sectionAddress + cursor.position;
  let value: number;
  switch (encoding & 0x0f) {
    case 0x00:
    case 0x03:
      value = cursor.u32();
      break;
    case 0x01:
      value = cursor.uleb();
      break;
    case 0x02:
      value = cursor.u16();
      break;
    case 0x04:
    case 0x0c:
      value = Number(cursor.u64());
      break;
    case 0x09:
      value = cursor.sleb();
      break;
    case 0x0a:
      value = (cursor.u16() << 16) >> 16;
      break;
    case 0x0b:
      value = cursor.i32();
      break;
    default:
      throw new DwarfDataError(`pointer encoding 0x${encoding.toString(16)} isn't supported`);
  }
  const base = encoding & 0x70;
  if (base !== ENCODING.absolute && base !== ENCODING.pcRelative) {
    throw new DwarfDataError(`pointer encoding 0x${encoding.toString(16)} isn't supported`);
  }
  return base === ENCODING.pcRelative ? (value + place) >>> 0 : value;
}

/** Executes call frame instructions up to the row of one address (DWARF5 §6.4.2, §6.4.3). */
class TableMachine {
  cfa: CfaRule | undefined;
  registers = new Map<number, RegisterRule>();
  readonly #common: CommonInformation;
  readonly #target: number;
  #location: number;
  #initial: ReadonlyMap<number, RegisterRule> | undefined;
  readonly #states: { cfa: CfaRule | undefined; registers: Map<number, RegisterRule> }[] = [];

  constructor(common: CommonInformation, location: number, target: number) {
    this.#common = common;
    this.#location = location;
    this.#target = target;
  }

  /** What DW_CFA_restore returns to: the rules after the common instructions. Later calls change nothing. */
  markInitial(): void {
    this.#initial ??= new Map(this.registers);
  }

  run(cursor: Cursor, sectionAddress: number): void {
    while (!cursor.isAtEnd && this.#location <= this.#target) {
      const opcode = cursor.u8();
      const operand = opcode & 0x3f;
      switch (opcode & 0xc0) {
        case CFA.advance_loc:
          this.#location += operand * this.#common.codeAlignment;
          break;
        case CFA.offset:
          this.#saved(operand, cursor.uleb());
          break;
        case CFA.restore:
          this.#restore(operand);
          break;
        default:
          if (!this.#moves(opcode, cursor, sectionAddress)) this.#rule(opcode, cursor);
      }
    }
  }

  /** Instructions that move on; false if `opcode` is none of them. */
  #moves(opcode: number, cursor: Cursor, sectionAddress: number): boolean {
    const { codeAlignment, encoding } = this.#common;
    switch (opcode) {
      case CFA.set_loc:
        this.#location = readEncoded(cursor, encoding, sectionAddress);
        return true;
      case CFA.advance_loc1:
        this.#location += cursor.u8() * codeAlignment;
        return true;
      case CFA.advance_loc2:
        this.#location += cursor.u16() * codeAlignment;
        return true;
      case CFA.advance_loc4:
        this.#location += cursor.u32() * codeAlignment;
        return true;
      default:
        return false;
    }
  }

  #rule(opcode: number, cursor: Cursor): void {
    const { dataAlignment } = this.#common;
    switch (opcode) {
      case CFA.nop:
        return;
      case CFA.offset_extended:
        this.#saved(cursor.uleb(), cursor.uleb());
        return;
      case CFA.offset_extended_sf:
        this.#saved(cursor.uleb(), cursor.sleb());
        return;
      case CFA.GNU_negative_offset_extended:
        this.#saved(cursor.uleb(), -cursor.uleb());
        return;
      case CFA.restore_extended:
        this.#restore(cursor.uleb());
        return;
      case CFA.undefined:
        this.registers.set(cursor.uleb(), { kind: "undefined" });
        return;
      case CFA.same_value:
        this.registers.set(cursor.uleb(), { kind: "same value" });
        return;
      case CFA.register:
        this.registers.set(cursor.uleb(), { kind: "register", register: cursor.uleb() });
        return;
      case CFA.val_offset: {
        const register = cursor.uleb();
        const offset = cursor.uleb() * dataAlignment;
        this.registers.set(register, { kind: "value offset", offset });
        return;
      }
      case CFA.val_offset_sf: {
        const register = cursor.uleb();
        const offset = cursor.sleb() * dataAlignment;
        this.registers.set(register, { kind: "value offset", offset });
        return;
      }
      case CFA.expression: {
        const register = cursor.uleb();
        this.registers.set(register, { kind: "expression", bytes: cursor.take(cursor.uleb()) });
        return;
      }
      case CFA.val_expression: {
        const register = cursor.uleb();
        const bytes = cursor.take(cursor.uleb());
        this.registers.set(register, { kind: "value expression", bytes });
        return;
      }
      case CFA.remember_state:
        if (this.#states.length >= STATE_STACK_MAX) {
          throw new DwarfDataError("too many remembered states");
        }
        this.#states.push({ cfa: this.cfa, registers: new Map(this.registers) });
        return;
      case CFA.restore_state: {
        const state = this.#states.pop();
        if (!state) throw new DwarfDataError("a state is restored that wasn't remembered");
        this.cfa = state.cfa;
        this.registers = state.registers;
        return;
      }
      case CFA.GNU_args_size:
        cursor.uleb();
        return;
      default:
        this.#cfaRule(opcode, cursor);
    }
  }

  #cfaRule(opcode: number, cursor: Cursor): void {
    const { dataAlignment } = this.#common;
    switch (opcode) {
      case CFA.def_cfa:
        this.cfa = { kind: "register", register: cursor.uleb(), offset: cursor.uleb() };
        return;
      case CFA.def_cfa_sf: {
        const register = cursor.uleb();
        this.cfa = { kind: "register", register, offset: cursor.sleb() * dataAlignment };
        return;
      }
      case CFA.def_cfa_register:
        this.cfa = { ...this.#registerCfa(), register: cursor.uleb() };
        return;
      case CFA.def_cfa_offset:
        this.cfa = { ...this.#registerCfa(), offset: cursor.uleb() };
        return;
      case CFA.def_cfa_offset_sf:
        this.cfa = { ...this.#registerCfa(), offset: cursor.sleb() * dataAlignment };
        return;
      case CFA.def_cfa_expression:
        this.cfa = { kind: "expression", bytes: cursor.take(cursor.uleb()) };
        return;
      default:
        throw new DwarfDataError(`unknown instruction 0x${opcode.toString(16)}`);
    }
  }

  /** GNU as begins with def_cfa_register alone: the offset is then 0. */
  #registerCfa(): Extract<CfaRule, { kind: "register" }> {
    const cfa = this.cfa ?? { kind: "register", register: 0, offset: 0 };
    if (cfa.kind !== "register") {
      throw new DwarfDataError("the canonical frame address isn't a register plus an offset");
    }
    return cfa;
  }

  #saved(register: number, factor: number): void {
    const offset = factor * this.#common.dataAlignment;
    this.registers.set(register, { kind: "offset", offset });
  }

  #restore(register: number): void {
    const rule = this.#initial?.get(register);
    if (rule) this.registers.set(register, rule);
    else this.registers.delete(register);
  }
}
