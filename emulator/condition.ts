/**
 * Conditions of breakpoints as data: expressions over registers, memory and constants, in the current address space. What decides is a word of 32 bits; within it there
 * may be words of 64 bits and doubles. Interpreter and translator evaluate them where they stand, so that one that is false costs the run next to nothing.
 *
 * A condition may have no answer: a load that is misaligned, or whose page the TLB has not for reading; a division by 0; a shift by 32 or more. A
 * breakpoint stops then, too, so that who set it finds out more. Evaluation changes nothing: a load is no access of the guest's, takes no step
 * and hits no watch.
 */
export type Condition =
  | { readonly kind: "constant"; readonly value: number }
  /** x0 to x31. */
  | { readonly kind: "register"; readonly x: number }
  /** The 1, 2 or 4 bytes at an address, extended to 32 bits. */
  | {
      readonly kind: "load";
      readonly bytes: 1 | 2 | 4;
      readonly isSigned: boolean;
      readonly address: Condition;
    }
  /** The low bits of the operand, extended to 32. */
  | {
      readonly kind: "extend";
      readonly bits: 8 | 16;
      readonly isSigned: boolean;
      readonly operand: Condition;
    }
  /** Both operands are evaluated. */
  | {
      readonly kind: "binary";
      readonly operator: ConditionOperator;
      readonly left: Condition;
      readonly right: Condition;
    }
  /** 0 or 1, as `&&` and `||` have it: the right one is evaluated if the left one doesn't decide. */
  | { readonly kind: "and" | "or"; readonly left: Condition; readonly right: Condition }
  /** One of two, by whether the test is other than 0; the other one isn't evaluated. */
  | {
      readonly kind: "choice";
      readonly test: Condition;
      readonly yes: Condition;
      readonly no: Condition;
    }
  /** The lower half. */
  | { readonly kind: "low"; readonly operand: LongCondition }
  | {
      readonly kind: "compare longs";
      readonly operator: ConditionComparison;
      readonly left: LongCondition;
      readonly right: LongCondition;
    }
  | {
      readonly kind: "compare doubles";
      readonly operator: "eq" | "ne" | "lt" | "le";
      readonly left: DoubleCondition;
      readonly right: DoubleCondition;
    };

/** A number of 64 bits. */
export type LongCondition =
  | { readonly kind: "long constant"; readonly low: number; readonly high: number }
  /** The 8 bytes at an address. */
  | { readonly kind: "long load"; readonly address: Condition }
  | { readonly kind: "long of word"; readonly isSigned: boolean; readonly operand: Condition }
  | {
      readonly kind: "long binary";
      readonly operator: "add" | "sub" | "mul" | "and" | "or" | "xor";
      readonly left: LongCondition;
      readonly right: LongCondition;
    }
  /** By 0 to 63 places. */
  | {
      readonly kind: "long shift";
      readonly operator: "shl" | "shrS" | "shrU";
      readonly operand: LongCondition;
      readonly places: number;
    }
  | {
      readonly kind: "long choice";
      readonly test: Condition;
      readonly yes: LongCondition;
      readonly no: LongCondition;
    };

/** A binary64; singles are numbers of it, too. All rounding is to nearest. */
export type DoubleCondition =
  | { readonly kind: "double constant"; readonly low: number; readonly high: number }
  /** The 8 bytes at an address, or the single of 4 bytes there. */
  | { readonly kind: "double load"; readonly address: Condition }
  | { readonly kind: "single load"; readonly address: Condition }
  /** The single that a word is the bits of. */
  | { readonly kind: "single of bits"; readonly operand: Condition }
  | { readonly kind: "double of word"; readonly isSigned: boolean; readonly operand: Condition }
  | { readonly kind: "double of long"; readonly isSigned: boolean; readonly operand: LongCondition }
  | {
      readonly kind: "double binary";
      readonly operator: "add" | "sub" | "mul" | "div";
      readonly left: DoubleCondition;
      readonly right: DoubleCondition;
    }
  /** Rounded to a single. */
  | { readonly kind: "rounded"; readonly operand: DoubleCondition }
  | {
      readonly kind: "double choice";
      readonly test: Condition;
      readonly yes: DoubleCondition;
      readonly no: DoubleCondition;
    };

/** Modulo 2^32; comparisons give 0 or 1. Where it matters, `S` takes operands as signed and `U` as unsigned. */
export type ConditionOperator =
  | "add"
  | "sub"
  | "mul"
  /** Rounded towards 0; the least number by -1 is the least number. */
  | "divS"
  | "divU"
  /** With the sign of the left operand. */
  | "remS"
  | "remU"
  | "and"
  | "or"
  | "xor"
  | "shl"
  | "shrS"
  | "shrU"
  | ConditionComparison;

export type ConditionComparison = "eq" | "ne" | "ltS" | "ltU" | "leS" | "leU";

/** What a condition is evaluated on. */
export interface ConditionState {
  /** x0 to x31, as signed words. */
  readonly x: Int32Array;
  /** So many bytes at an aligned address, as an unsigned number; undefined if they can't be read just now. */
  readForCondition(address: number, bytes: 1 | 2 | 4): number | undefined;
}

/** The value as a signed word, or undefined where there is no answer. */
export function evaluateCondition(condition: Condition, state: ConditionState): number | undefined {
  switch (condition.kind) {
    case "constant":
      return condition.value | 0;
    case "register":
      return state.x[condition.x];
    case "load": {
      const address = evaluateCondition(condition.address, state);
      if (address === undefined || (address & (condition.bytes - 1)) !== 0) return undefined;
      const value = state.readForCondition(address, condition.bytes);
      return value === undefined ? undefined : extended(value, condition.bytes * 8, condition);
    }
    case "extend": {
      const value = evaluateCondition(condition.operand, state);
      return value === undefined ? undefined : extended(value, condition.bits, condition);
    }
    case "binary": {
      const left = evaluateCondition(condition.left, state);
      const right = evaluateCondition(condition.right, state);
      return ofBoth(left, right, (a, b) => combined(condition.operator, a, b));
    }
    case "and":
    case "or": {
      const left = evaluateCondition(condition.left, state);
      if (left === undefined) return undefined;
      if ((left !== 0) === (condition.kind === "or")) return left === 0 ? 0 : 1;
      const right = evaluateCondition(condition.right, state);
      return right === undefined ? undefined : right === 0 ? 0 : 1;
    }
    case "choice": {
      const test = evaluateCondition(condition.test, state);
      if (test === undefined) return undefined;
      return evaluateCondition(test === 0 ? condition.no : condition.yes, state);
    }
    case "low": {
      const value = evaluateLong(condition.operand, state);
      return value === undefined ? undefined : Number(BigInt.asIntN(32, value));
    }
    case "compare longs": {
      const left = evaluateLong(condition.left, state);
      const right = evaluateLong(condition.right, state);
      return ofBoth(left, right, (a, b) => (compareLongs(condition.operator, a, b) ? 1 : 0));
    }
    case "compare doubles": {
      const left = evaluateDouble(condition.left, state);
      const right = evaluateDouble(condition.right, state);
      return ofBoth(left, right, (a, b) => (compareDoubles(condition.operator, a, b) ? 1 : 0));
    }
  }
}

/** As a signed number. */
function evaluateLong(condition: LongCondition, state: ConditionState): bigint | undefined {
  switch (condition.kind) {
    case "long constant":
      return longOf(condition.low, condition.high);
    case "long load": {
      const words = readEight(condition.address, state);
      return words === undefined ? undefined : longOf(words.low, words.high);
    }
    case "long of word": {
      const value = evaluateCondition(condition.operand, state);
      if (value === undefined) return undefined;
      return BigInt(condition.isSigned ? value : value >>> 0);
    }
    case "long binary": {
      const left = evaluateLong(condition.left, state);
      const right = evaluateLong(condition.right, state);
      return ofBoth(left, right, (a, b) =>
        BigInt.asIntN(64, combinedLongs(condition.operator, a, b)),
      );
    }
    case "long shift": {
      const value = evaluateLong(condition.operand, state);
      if (value === undefined) return undefined;
      const places = BigInt(condition.places);
      if (condition.operator === "shl") return BigInt.asIntN(64, value << places);
      if (condition.operator === "shrS") return value >> places;
      return BigInt.asIntN(64, BigInt.asUintN(64, value) >> places);
    }
    case "long choice": {
      const test = evaluateCondition(condition.test, state);
      if (test === undefined) return undefined;
      return evaluateLong(test === 0 ? condition.no : condition.yes, state);
    }
  }
}

function evaluateDouble(condition: DoubleCondition, state: ConditionState): number | undefined {
  switch (condition.kind) {
    case "double constant":
      return doubleOf(condition.low, condition.high);
    case "double load": {
      const words = readEight(condition.address, state);
      return words === undefined ? undefined : doubleOf(words.low, words.high);
    }
    case "single load": {
      const { address } = condition;
      const word = { kind: "load", bytes: 4, isSigned: true, address } as const;
      const bits = evaluateCondition(word, state);
      return bits === undefined ? undefined : singleOf(bits);
    }
    case "single of bits": {
      const bits = evaluateCondition(condition.operand, state);
      return bits === undefined ? undefined : singleOf(bits);
    }
    case "double of word": {
      const value = evaluateCondition(condition.operand, state);
      if (value === undefined) return undefined;
      return condition.isSigned ? value : value >>> 0;
    }
    case "double of long": {
      const value = evaluateLong(condition.operand, state);
      if (value === undefined) return undefined;
      return Number(condition.isSigned ? value : BigInt.asUintN(64, value));
    }
    case "double binary": {
      const left = evaluateDouble(condition.left, state);
      const right = evaluateDouble(condition.right, state);
      return ofBoth(left, right, (a, b) => combinedDoubles(condition.operator, a, b));
    }
    case "rounded": {
      const value = evaluateDouble(condition.operand, state);
      return value === undefined ? undefined : Math.fround(value);
    }
    case "double choice": {
      const test = evaluateCondition(condition.test, state);
      if (test === undefined) return undefined;
      return evaluateDouble(test === 0 ? condition.no : condition.yes, state);
    }
  }
}

/** What two answers make, if there are both. */
function ofBoth<Value, Result>(
  left: Value | undefined,
  right: Value | undefined,
  make: (left: Value, right: Value) => Result | undefined,
): Result | undefined {
  return left === undefined || right === undefined ? undefined : make(left, right);
}

function readEight(address: Condition, state: ConditionState) {
  const at = evaluateCondition(address, state);
  if (at === undefined || (at & 7) !== 0) return undefined;
  const low = state.readForCondition(at, 4);
  const high = state.readForCondition(at + 4, 4);
  return low === undefined || high === undefined ? undefined : { low, high };
}

const scratch = new DataView(new ArrayBuffer(8));

function longOf(low: number, high: number): bigint {
  scratch.setInt32(0, low, true);
  scratch.setInt32(4, high, true);
  return scratch.getBigInt64(0, true);
}

function doubleOf(low: number, high: number): number {
  scratch.setInt32(0, low, true);
  scratch.setInt32(4, high, true);
  return scratch.getFloat64(0, true);
}

function singleOf(bits: number): number {
  scratch.setInt32(0, bits, true);
  return scratch.getFloat32(0, true);
}

function compareLongs(operator: ConditionComparison, a: bigint, b: bigint): boolean {
  switch (operator) {
    case "eq":
      return a === b;
    case "ne":
      return a !== b;
    case "ltS":
      return a < b;
    case "ltU":
      return BigInt.asUintN(64, a) < BigInt.asUintN(64, b);
    case "leS":
      return a <= b;
    case "leU":
      return BigInt.asUintN(64, a) <= BigInt.asUintN(64, b);
  }
}

function compareDoubles(operator: "eq" | "ne" | "lt" | "le", a: number, b: number): boolean {
  switch (operator) {
    case "eq":
      return a === b;
    case "ne":
      return a !== b;
    case "lt":
      return a < b;
    case "le":
      return a <= b;
  }
}

function combinedLongs(
  operator: "add" | "sub" | "mul" | "and" | "or" | "xor",
  a: bigint,
  b: bigint,
): bigint {
  switch (operator) {
    case "add":
      return a + b;
    case "sub":
      return a - b;
    case "mul":
      return a * b;
    case "and":
      return a & b;
    case "or":
      return a | b;
    case "xor":
      return a ^ b;
  }
}

function combinedDoubles(operator: "add" | "sub" | "mul" | "div", a: number, b: number): number {
  switch (operator) {
    case "add":
      return a + b;
    case "sub":
      return a - b;
    case "mul":
      return a * b;
    case "div":
      return a / b;
  }
}

function extended(value: number, bits: number, { isSigned }: { readonly isSigned: boolean }) {
  const shift = 32 - bits;
  return isSigned ? (value << shift) >> shift : ((value << shift) >>> shift) | 0;
}

function combined(operator: ConditionOperator, a: number, b: number): number | undefined {
  switch (operator) {
    case "add":
      return (a + b) | 0;
    case "sub":
      return (a - b) | 0;
    case "mul":
      return Math.imul(a, b);
    case "divS":
      return b === 0 ? undefined : (a / b) | 0;
    case "divU":
      return b === 0 ? undefined : ((a >>> 0) / (b >>> 0)) | 0;
    case "remS":
      return b === 0 ? undefined : (a % b) | 0;
    case "remU":
      return b === 0 ? undefined : ((a >>> 0) % (b >>> 0)) | 0;
    case "and":
      return a & b;
    case "or":
      return a | b;
    case "xor":
      return a ^ b;
    case "shl":
      return b >>> 0 > 31 ? undefined : a << b;
    case "shrS":
      return b >>> 0 > 31 ? undefined : a >> b;
    case "shrU":
      return b >>> 0 > 31 ? undefined : (a >>> b) | 0;
    case "eq":
      return a === b ? 1 : 0;
    case "ne":
      return a !== b ? 1 : 0;
    case "ltS":
      return a < b ? 1 : 0;
    case "ltU":
      return a >>> 0 < b >>> 0 ? 1 : 0;
    case "leS":
      return a <= b ? 1 : 0;
    case "leU":
      return a >>> 0 <= b >>> 0 ? 1 : 0;
  }
}

/** Whether two conditions are written alike. */
export function isSameCondition(one: Condition | undefined, other: Condition | undefined): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
