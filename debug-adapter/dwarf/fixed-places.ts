/**
 * Places that depend on nothing but one register: what a location comes to for every frame that stands at an address. Where
 * `Locations` asks a frame, this knows beforehand, or says that it does not.
 */
import { OP } from "./constants.ts";
import { Cursor } from "./cursor.ts";
import { indexedAddress } from "./forms.ts";
import type { FrameInfo } from "./frame-info.ts";
import type { Functions } from "./functions.ts";
import type { Unit } from "./info.ts";
import type { Location } from "./location.ts";
import { DwarfDataError } from "./problems.ts";
import { cfaRuleAt, type ReadMemory } from "./unwind.ts";

/** The content of a register of 0..31, plus an offset; without a register, the offset alone. */
export interface RegisterSum {
  readonly register: number | undefined;
  readonly offset: number;
}

export type FixedPlace =
  /** The object lies at that address. */
  | ({ readonly kind: "memory" } & RegisterSum)
  /** That is its value, or its low bytes are. */
  | ({ readonly kind: "value" } & RegisterSum);

const REGISTER_COUNT = 32;

export class FixedPlaces {
  readonly #functions: Functions;
  readonly #frames: FrameInfo;

  constructor(functions: Functions, frames: FrameInfo) {
    this.#functions = functions;
    this.#frames = frames;
  }

  /** Undefined for what is nowhere at that address, or in several places, or found by more than a sum. */
  at(location: Location, pc: number, readCode: ReadMemory): FixedPlace | undefined {
    switch (location.kind) {
      case "constant":
        return constant(Number(BigInt.asIntN(32, location.value)));
      case "bytes":
        return location.bytes.length > 4 ? undefined : constant(littleEndian(location.bytes));
      case "unavailable":
        return undefined;
      default: {
        const expression = expressionAt(location, pc);
        if (expression === undefined) return undefined;
        try {
          return this.#place(expression, location.unit, pc, readCode);
        } catch (error) {
          if (error instanceof DwarfDataError) return undefined;
          throw error;
        }
      }
    }
  }

  #place(bytes: Uint8Array, unit: Unit, pc: number, readCode: ReadMemory): FixedPlace | undefined {
    const cursor = new Cursor("an expression", bytes);
    if (cursor.isAtEnd) return undefined;
    const operation = cursor.u8();
    const inRegister =
      operation >= OP.reg0 && operation < OP.reg0 + REGISTER_COUNT
        ? operation - OP.reg0
        : operation === OP.regx
          ? cursor.uleb()
          : undefined;
    if (inRegister !== undefined) {
      const isGeneral = cursor.isAtEnd && inRegister < REGISTER_COUNT;
      return isGeneral ? { kind: "value", register: inRegister, offset: 0 } : undefined;
    }
    const sum = this.#sum(operation, cursor, unit, pc, readCode);
    if (sum === undefined) return undefined;
    if (cursor.isAtEnd) return { kind: "memory", ...sum };
    return cursor.u8() === OP.stack_value && cursor.isAtEnd ? { kind: "value", ...sum } : undefined;
  }

  #sum(
    operation: number,
    cursor: Cursor,
    unit: Unit,
    pc: number,
    readCode: ReadMemory,
  ): RegisterSum | undefined {
    if (operation >= OP.lit0 && operation < OP.lit0 + REGISTER_COUNT) {
      return { register: undefined, offset: operation - OP.lit0 };
    }
    if (operation >= OP.breg0 && operation < OP.breg0 + REGISTER_COUNT) {
      return { register: operation - OP.breg0, offset: cursor.sleb() };
    }
    switch (operation) {
      case OP.addr:
      case OP.const4u:
        return { register: undefined, offset: cursor.u32() | 0 };
      case OP.addrx:
      case OP.GNU_addr_index:
        return { register: undefined, offset: indexedAddress(unit, cursor.uleb()) | 0 };
      case OP.constu:
        return { register: undefined, offset: Number(BigInt.asIntN(32, cursor.ulebBig())) };
      case OP.consts:
        return { register: undefined, offset: Number(BigInt.asIntN(32, cursor.slebBig())) };
      case OP.fbreg: {
        const offset = cursor.sleb();
        const base = this.#frameBase(pc, readCode);
        return base && { ...base, offset: (base.offset + offset) | 0 };
      }
      case OP.call_frame_cfa:
        return this.#cfa(pc, readCode);
      default:
        return undefined;
    }
  }

  /** As `Locations` has it: a register means its content, and is found from the canonical frame address where that is found from it. */
  #frameBase(pc: number, readCode: ReadMemory): RegisterSum | undefined {
    const info = this.#functions.at(pc);
    const location = info?.frameBase;
    // One that is relative to itself has no end.
    if (location?.kind !== "expression" || location.bytes[0] === OP.fbreg) return undefined;
    const place = this.at(location, pc, readCode);
    if (place === undefined) return undefined;
    const { register, offset } = place;
    if (!isRegister(location.bytes)) return { register, offset };
    for (const address of [pc, info?.prologueEndAddress ?? pc]) {
      const rule = this.#frames.rowAt(address)?.cfa;
      if (rule?.kind !== "register" || rule.register !== register) continue;
      const cfa = this.#cfa(pc, readCode);
      if (cfa !== undefined) return { ...cfa, offset: (cfa.offset - rule.offset) | 0 };
      // It may be known in a frame, and then is what counts.
      return undefined;
    }
    return { register, offset };
  }

  #cfa(pc: number, readCode: ReadMemory): RegisterSum | undefined {
    const rule = cfaRuleAt(this.#frames, pc, readCode);
    if (rule?.kind !== "register" || rule.register >= REGISTER_COUNT) return undefined;
    return { register: rule.register, offset: rule.offset | 0 };
  }
}

/** Whether an expression says that the object is in a register. */
function isRegister([operation = 0]: Uint8Array): boolean {
  const isNumbered = operation >= OP.reg0 && operation < OP.reg0 + REGISTER_COUNT;
  return isNumbered || operation === OP.regx;
}

/** The expression that holds at an address. */
function expressionAt(
  location: Extract<Location, { readonly kind: "expression" | "list" }>,
  pc: number,
): Uint8Array | undefined {
  if (location.kind === "expression") return location.bytes;
  const entry =
    location.entries.find(({ low, high }) => low <= pc && pc < high) ??
    location.entries.find(({ low }) => low === -1);
  return entry?.bytes;
}

function constant(offset: number): FixedPlace {
  return { kind: "value", register: undefined, offset };
}

function littleEndian(bytes: Uint8Array): number {
  let value = 0;
  for (let index = bytes.length - 1; index >= 0; index--)
    value = (value << 8) | (bytes[index] ?? 0);
  return value;
}
