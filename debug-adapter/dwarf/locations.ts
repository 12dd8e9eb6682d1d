/** Locations in a frame: which expression holds there, and with what frame base, entry values and types it is evaluated. */
import { AT, TAG } from "./constants.ts";
import { type ExpressionContext, evaluatePlace, evaluateValue, type Place } from "./expression.ts";
import type { FrameInfo } from "./frame-info.ts";
import type { FunctionInfo, Functions } from "./functions.ts";
import type { Entry, Info, Unit } from "./info.ts";
import type { Location } from "./location.ts";
import { generic, type StackValue, type ValueType } from "./stack-values.ts";
import { stripped, type Types } from "./types.ts";
import { cfaAt } from "./unwind.ts";

/** A frame as its registers and memory are seen from it. */
export interface FrameContext {
  /** The address to look up: the pc of an innermost or interrupted frame, the return address minus 1 of any other. */
  readonly pc: number;
  /** DWARF numbering: x0 to x31, then f0 to f31 (whose bits are a bigint if they don't fit). `undefined`: not saved by the callees. */
  readRegister(register: number): number | bigint | undefined;
  readMemory(address: number, size: number): Uint8Array | undefined;
  /** The frame's canonical frame address, if the caller of this already has it. */
  cfa?(): number | undefined;
  /** The calling frame, in which values at the function's entry are found. */
  caller?(): FrameContext | undefined;
}

/** A frame base may refer to entry values, and those to the caller's frame base, and so on. */
const NESTING_MAX = 16;

export class Locations {
  readonly #info: Info;
  readonly #functions: Functions;
  readonly #frames: FrameInfo;
  readonly #types: Types;
  #nesting = 0;

  constructor(info: Info, functions: Functions, frames: FrameInfo, types: Types) {
    this.#info = info;
    this.#functions = functions;
    this.#frames = frames;
    this.#types = types;
  }

  /** Where the object is while `frame` is at its pc. */
  evaluate(location: Location, frame: FrameContext): Place {
    switch (location.kind) {
      case "constant":
        return { kind: "value", value: location.value };
      case "bytes":
      case "unavailable":
        return location;
      case "expression":
        return this.#place(location.bytes, location.unit, frame);
      case "list": {
        const { pc } = frame;
        const entry =
          location.entries.find(({ low, high }) => low <= pc && pc < high) ??
          location.entries.find(({ low }) => low === -1);
        if (!entry) return { kind: "unavailable", reason: "optimised away at this address" };
        if (entry.bytes.length === 0) return { kind: "unavailable", reason: "optimised away" };
        return this.#place(entry.bytes, location.unit, frame);
      }
    }
  }

  #place(bytes: Uint8Array, unit: Unit, frame: FrameContext): Place {
    if (this.#nesting >= NESTING_MAX) {
      return { kind: "unavailable", reason: "described by expressions that refer to each other" };
    }
    this.#nesting++;
    try {
      return evaluatePlace(bytes, this.#contextOf(unit, frame));
    } finally {
      this.#nesting--;
    }
  }

  #contextOf(unit: Unit, frame: FrameContext): ExpressionContext {
    const cfa = () => (frame.cfa ? frame.cfa() : this.#cfa(frame));
    return {
      unit,
      readRegister: (register) => (register === 0 ? 0 : frame.readRegister(register)),
      readMemory: (address, size) => frame.readMemory(address, size),
      frameBase: () => this.#frameBase(frame),
      cfa,
      entryValue: (bytes) => this.#entryValue(bytes, unit, frame),
      procedure: (offset) => {
        const value = this.#info.entryAt(offset)?.inherited(AT.location);
        return value?.kind === "block" ? value.value : undefined;
      },
      baseType: (offset) => this.#valueType(offset),
    };
  }

  #cfa(frame: FrameContext): number | undefined {
    const registers = Array.from({ length: 32 }, (_, register) => {
      const value = frame.readRegister(register);
      return value === undefined ? undefined : Number(value);
    });
    return cfaAt(this.#frames, { pc: frame.pc, registers }, (a, s) => frame.readMemory(a, s));
  }

  /** DW_AT_frame_base of the function (DWARF5 §3.3.5). A register there means its content, not its place. */
  #frameBase(frame: FrameContext): number | string {
    const base = this.#functions.at(frame.pc)?.frameBase;
    if (!base) return "relative to a frame base that the function doesn't describe";
    const place = this.evaluate(base, frame);
    switch (place.kind) {
      case "memory":
        return place.address;
      case "value":
        return Number(BigInt.asUintN(32, place.value));
      case "register": {
        const value = this.#frameRegister(place.register, frame);
        if (value !== undefined) return Number(value);
        return `relative to register ${place.register}, which wasn't saved by its callees`;
      }
      case "unavailable":
        return place.reason;
      default:
        return "relative to a frame base that isn't an address";
    }
  }

  /**
   * The register that the frame base is in. Where the canonical frame address is computed from the same one, the converse holds too,
   * also in a prologue that has yet to set the register, and in an epilogue that has restored the caller's value of it already.
   */
  #frameRegister(register: number, frame: FrameContext): number | bigint | undefined {
    const bodyAddress = this.#functions.at(frame.pc)?.prologueEndAddress ?? frame.pc;
    for (const address of [frame.pc, bodyAddress]) {
      const rule = this.#frames.rowAt(address)?.cfa;
      if (rule?.kind !== "register" || rule.register !== register) continue;
      const cfa = frame.cfa ? frame.cfa() : this.#cfa(frame);
      if (cfa !== undefined) return (cfa - rule.offset) >>> 0;
    }
    return frame.readRegister(register);
  }

  /** DWARF5 §2.5.1.7, Entry Values: what the caller passed, as the call site in the caller describes it (§3.4.2). */
  #entryValue(expression: Uint8Array, unit: Unit, frame: FrameContext): StackValue | string {
    const callee = this.#functions.at(frame.pc);
    // At its very entry the function's registers are what they were at its entry.
    if (callee?.lowPc === frame.pc) {
      return evaluateValue(expression, this.#contextOf(unit, frame));
    }
    const caller = frame.caller?.();
    if (!caller) return "known only at the function's entry";
    const site = this.#callSite(caller.pc);
    if (!site)
      return "known only at the function's entry, and its caller doesn't describe the call";
    const target = site.reference(AT.call_origin) ?? site.reference(AT.abstract_origin);
    if (callee && target && target.root !== callee.entry.root) {
      return "known only at the function's entry, which was reached by a tail call";
    }
    const parameter = site.children.find((child) => isParameterIn(child, expression));
    const value =
      parameter?.attribute(AT.call_value) ?? parameter?.attribute(AT.GNU_call_site_value);
    if (value?.kind === "constant") return generic(value.value);
    if (value?.kind !== "block") {
      return "known only at the function's entry, and its caller doesn't keep it";
    }
    const context = this.#contextOf(site.unit, caller);
    if (this.#nesting >= NESTING_MAX) return "described by expressions that refer to each other";
    this.#nesting++;
    try {
      return evaluateValue(value.value, context);
    } finally {
      this.#nesting--;
    }
  }

  /** The call site whose call returns to just behind `pc`, the lookup address of the calling frame. */
  #callSite(pc: number): Entry | undefined {
    const caller: FunctionInfo | undefined = this.#functions.at(pc);
    const pending = caller ? [caller.entry] : [];
    for (let scope = pending.pop(); scope; scope = pending.pop()) {
      for (const child of scope.children) {
        if (child.tag === TAG.call_site || child.tag === TAG.GNU_call_site) {
          const value = child.attribute(AT.call_return_pc) ?? child.attribute(AT.low_pc);
          if (value?.kind === "address" && (value.value === pc + 1 || value.value === pc)) {
            return child;
          }
        } else if (child.tag === TAG.lexical_block || child.tag === TAG.inlined_subroutine) {
          pending.push(child);
        }
      }
    }
    return undefined;
  }

  #valueType(offset: number): ValueType | undefined {
    const entry = this.#info.entryAt(offset);
    const type = entry && stripped(this.#types.of(entry));
    if (type?.kind !== "base" || type.size < 1 || type.size > 16) return undefined;
    if (type.encoding === "float") {
      return type.size <= 8 ? { size: type.size, kind: "float" } : undefined;
    }
    const isSigned = type.encoding === "signed" || type.encoding === "signed char";
    return { size: type.size, kind: isSigned ? "signed" : "unsigned" };
  }
}

function isParameterIn(entry: Entry, expression: Uint8Array): boolean {
  const value = entry.attribute(AT.location);
  return (
    (entry.tag === TAG.call_site_parameter || entry.tag === TAG.GNU_call_site_parameter) &&
    value?.kind === "block" &&
    value.value.length === expression.length &&
    value.value.every((byte, index) => byte === expression[index])
  );
}
