/** Values as one line of C-like text. */
import {
  type ArrayType,
  type EnumType,
  type PointerType,
  type StructType,
  stripped,
  typeName,
} from "../dwarf/debug-info.ts";
import { isByte, isText, scalarOf } from "./c-types.ts";
import type { FrameAccess } from "./frame-access.ts";
import { elementValue, membersOf, memberValue } from "./subobjects.ts";
import { characterLiteral, readString, stringLiteral } from "./text.ts";
import {
  addressOf,
  byteSize,
  bytesOf,
  hex32,
  notBound,
  numberOf,
  reasonText,
  type Value,
} from "./value.ts";

export interface FormatOptions {
  /** Integers in hexadecimal, unless the value asks for something else. */
  readonly hex?: boolean;
}

const LENGTH_MAX = 200;
const STRING_BYTES_MAX = 200;
const DEPTH_MAX = 3;
/** Room that a part needs to be worth its beginning. */
const PART_LENGTH_MIN = 8;

/** `value` as one line of at most about 200 characters; what can't be read is its reason in angle brackets. Never throws. */
export function formatValue(value: Value, frame: FrameAccess, options: FormatOptions = {}): string {
  return new Formatter(frame, options.hex ? 16 : 10).format(value, LENGTH_MAX, 0);
}

class Formatter {
  readonly #frame: FrameAccess;
  readonly #radix: Radix;

  constructor(frame: FrameAccess, radix: Radix) {
    this.#frame = frame;
    this.#radix = radix;
  }

  format(value: Value, room: number, depth: number): string {
    const { place } = value;
    if (place.kind === "unavailable") return unavailable(place.reason);
    const type = stripped(value.type);
    switch (type.kind) {
      case "void":
        return "void";
      case "unknown":
        return unavailable(type.reason);
      case "function": {
        const address = addressOf(value);
        if (typeof address === "string") return unavailable(address);
        return `${hex32(address)}${this.#functionHint(address)}`;
      }
      case "struct":
      case "union":
        return this.#struct(value, type, room, depth);
      case "array":
        return this.#array(value, type, room, depth);
      case "pointer":
        return this.#pointer(value, type, room);
      default:
        return this.#scalar(value);
    }
  }

  #scalar(value: Value): string {
    const number = numberOf(value, this.#frame);
    if (typeof number === "string") return unavailable(number);
    const type = scalarOf(value.type)!;
    if (typeof number === "number" && !value.format?.radix) return floatText(number, type.size);
    const integer = typeof number === "bigint" ? number : BigInt(Math.trunc(number) || 0);
    const radix = value.format?.radix ?? this.#radix;
    const text = integerText(integer, radix, value.bits?.size ?? type.size * 8);
    if (value.format?.as === "character" || (isText(type) && !value.bits)) {
      return `${text} ${characterLiteral(Number(BigInt.asUintN(8, integer)))}`;
    }
    if (value.format?.radix) return text;
    if (type.kind === "enum") return enumText(type, integer, text);
    if (type.kind === "base" && type.encoding === "boolean" && integer <= 1n) {
      return integer === 1n ? "true" : "false";
    }
    return text;
  }

  #pointer(value: Value, type: PointerType, room: number): string {
    const number = numberOf(value, this.#frame);
    if (typeof number === "string") return unavailable(number);
    const address = Number(number);
    const target = stripped(type.target);
    if (value.format?.as === "string") return this.#string(address, room);
    const { radix } = value.format ?? {};
    const text = radix && radix !== 16 ? integerText(BigInt(address), radix, 32) : hex32(address);
    if (target.kind === "function") return `${text}${this.#functionHint(address)}`;
    if (address === 0 || !isText(target)) return text;
    return `${text} ${this.#string(address, room - text.length - 1)}`;
  }

  #string(address: number, room: number): string {
    const { bytes, isComplete } = readString(address, STRING_BYTES_MAX, this.#frame.context);
    if (!isComplete && bytes.length === 0) return unavailable(notBound(address));
    return fitted(bytes, isComplete, room);
  }

  #functionHint(address: number): string {
    const { functionName, symbolAddress, debug } = this.#frame;
    const info = debug?.functionAt(address);
    const name = info?.name ?? functionName.call(this.#frame, address);
    if (address === 0 || name === undefined) return "";
    const start = info?.lowPc ?? symbolAddress.call(this.#frame, name) ?? address;
    return address > start ? ` <${name}+${address - start}>` : ` <${name}>`;
  }

  #struct(value: Value, type: StructType, room: number, depth: number): string {
    if (type.isDeclaration) return unavailable(`incomplete type ${typeName(type)}`);
    if (depth >= DEPTH_MAX) return "{…}";
    const reason = this.#wholeReason(value);
    if (reason !== undefined) return unavailable(reason);
    const members = membersOf(type);
    const parts = function* (this: Formatter) {
      for (const member of members) {
        const start = `${member.name} = `;
        const part = memberValue(value, member, this.#frame);
        yield (left: number) => start + this.format(part, left - start.length, depth + 1);
      }
    };
    return joined("{", parts.call(this), "}", room);
  }

  #array(value: Value, type: ArrayType, room: number, depth: number): string {
    const count = this.#frame.debug?.arrayCount(type, this.#frame.context) ?? type.count;
    if (count === undefined) {
      const address = addressOf(value);
      return typeof address === "string" ? unavailable(address) : `${hex32(address)} []`;
    }
    const { format } = value;
    const isString = isText(type.element) && !format?.radix;
    if (isString || (format?.as === "string" && isByte(type.element))) {
      return this.#charArray(value, count, room);
    }
    if (depth >= DEPTH_MAX) return "[…]";
    const reason = this.#wholeReason(value);
    if (reason !== undefined) return unavailable(reason);
    const parts = function* (this: Formatter) {
      for (let index = 0; index < count; index++) {
        const part = elementValue(value, type.element, index, this.#frame);
        yield (left: number) => this.format(part, left, depth + 1);
      }
    };
    return joined("[", parts.call(this), "]", room);
  }

  #charArray(value: Value, count: number, room: number): string {
    const shown = Math.min(count, STRING_BYTES_MAX);
    const text: Value = { ...value, type: { ...STRING_TYPE, count: shown } };
    const bytes = bytesOf(text, this.#frame);
    if (typeof bytes === "string") return unavailable(bytes);
    const end = bytes.indexOf(0);
    return fitted(end < 0 ? bytes : bytes.subarray(0, end), end >= 0 || shown === count, room);
  }

  /** Why nothing at all of an object can be read; undefined if something can. */
  #wholeReason(value: Value): string | undefined {
    const size = byteSize(value.type, this.#frame);
    if (size === 0 || value.place.kind !== "memory") return undefined;
    const { address } = value.place;
    return this.#frame.context.readMemory(address, 1) ? undefined : notBound(address);
  }
}

type Radix = 2 | 8 | 10 | 16;

const STRING_TYPE = {
  kind: "array",
  element: { kind: "base", name: "char", size: 1, encoding: "unsigned char" },
  dynamicCount: undefined,
} as const;

function unavailable(reason: string): string {
  return `<${reasonText(reason)}>`;
}

/** The parts between the brackets, as many as there is room for. */
function joined(
  open: string,
  parts: Iterable<(room: number) => string>,
  close: string,
  room: number,
): string {
  let text = open;
  let separator = "";
  for (const part of parts) {
    const left = room - text.length - separator.length - close.length;
    if (left < PART_LENGTH_MIN) return `${text}${separator}…${close}`;
    text += separator + part(left);
    separator = ", ";
  }
  return text + close;
}

function fitted(bytes: Uint8Array, isComplete: boolean, room: number): string {
  let shown = bytes;
  let literal = stringLiteral(shown);
  while (literal.length > room && shown.length > PART_LENGTH_MIN) {
    const excess = literal.length - room;
    shown = shown.subarray(0, Math.max(PART_LENGTH_MIN, shown.length - Math.ceil(excess / 4)));
    literal = stringLiteral(shown);
  }
  return isComplete && shown === bytes ? literal : `${literal}…`;
}

const PREFIXES: Readonly<Record<Radix, string>> = { 2: "0b", 8: "0", 10: "", 16: "0x" };

/** `value` in `radix`; other than in decimal, its `bitCount` bits count and not its sign. */
export function integerText(value: bigint, radix: Radix, bitCount: number): string {
  if (radix === 10) return value.toString();
  const digits = BigInt.asUintN(bitCount, value).toString(radix);
  return radix === 8 && digits === "0" ? "0" : PREFIXES[radix] + digits;
}

/** The enumerator, or the flags that make up the value, what is left of it as a number; `text` if the type has no such meaning for it. */
function enumText({ enumerators }: EnumType, value: bigint, text: string): string {
  const exact = enumerators.find((enumerator) => enumerator.value === value);
  if (exact) return exact.name;
  const areFlags = enumerators.every(({ value }) => value >= 0n && (value & (value - 1n)) === 0n);
  if (!areFlags || value <= 0n) return text;
  const names: string[] = [];
  let rest = value;
  for (const { name, value: flag } of enumerators) {
    if (flag === 0n || (rest & flag) === 0n) continue;
    names.push(name);
    rest &= ~flag;
  }
  if (names.length === 0) return text;
  return [...names, ...(rest === 0n ? [] : [`0x${rest.toString(16)}`])].join(" | ");
}

/** The shortest decimal number that is read back as the same float; always recognisable as a floating one. */
export function floatText(value: number, size: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
  if (Object.is(value, -0)) return "-0.0";
  let text = String(value);
  for (let digits = 1; size === 4 && digits <= 9; digits++) {
    const shorter = String(Number(value.toPrecision(digits)));
    if (Math.fround(Number(shorter)) !== value) continue;
    text = shorter;
    break;
  }
  return /[.e]/.test(text) ? text : `${text}.0`;
}
