/** Conditions of breakpoints for tests: random ones, and words to write them with. */
import type {
  Condition,
  ConditionComparison,
  ConditionOperator,
  DoubleCondition,
  LongCondition,
} from "../condition.ts";

export const constant = (value: number): Condition => ({ kind: "constant", value });
export const register = (x: number): Condition => ({ kind: "register", x });
export const binary = (
  operator: ConditionOperator,
  left: Condition,
  right: Condition,
): Condition => ({ kind: "binary", operator, left, right });
export const load = (address: Condition, bytes: 1 | 2 | 4 = 4, isSigned = true): Condition => ({
  kind: "load",
  bytes,
  isSigned,
  address,
});

/** Where random numbers come from. */
export interface Chance {
  next(): number;
  below(count: number): number;
  of<T>(items: readonly T[]): T;
}

const ARITHMETIC: readonly ConditionOperator[] = [
  "add",
  "sub",
  "mul",
  "divS",
  "divU",
  "remS",
  "remU",
  "and",
  "or",
  "xor",
  "shl",
  "shrS",
  "shrU",
];
const COMPARISONS: readonly ConditionComparison[] = ["eq", "ne", "ltS", "ltU", "leS", "leU"];
const NUMBERS = [0, 1, -1, 2, 4, 7, 31, 32, 255, -128, 0x7fffffff, -0x80000000];

/** A condition of at most so many levels. Loads are at or near what `bases` hold more often than elsewhere. */
export function randomCondition(chance: Chance, bases: readonly number[], levels = 4): Condition {
  const inner = () => randomCondition(chance, bases, levels - 1);
  const long = () => randomLong(chance, bases, levels - 1);
  const double = () => randomDouble(chance, bases, levels - 1);
  switch (levels === 0 ? chance.below(3) : chance.below(15)) {
    case 0:
      return constant(chance.below(3) === 0 ? chance.next() | 0 : chance.of(NUMBERS));
    case 1:
    case 2:
      return register(chance.below(32));
    case 3:
    case 4:
      return load(
        randomAddress(chance, bases, inner),
        chance.of([1, 2, 4, 4]),
        chance.below(2) === 0,
      );
    case 5: {
      const bits = chance.of([8, 16] as const);
      return { kind: "extend", bits, isSigned: chance.below(2) === 0, operand: inner() };
    }
    case 6:
    case 7:
      return binary(chance.of(ARITHMETIC), inner(), inner());
    case 8:
    case 9:
      return binary(chance.of(COMPARISONS), inner(), inner());
    case 10:
      return { kind: chance.of(["and", "or"] as const), left: inner(), right: inner() };
    case 11:
      return { kind: "choice", test: inner(), yes: inner(), no: inner() };
    case 12:
      return { kind: "low", operand: long() };
    case 13: {
      const operator = chance.of(COMPARISONS);
      return { kind: "compare longs", operator, left: long(), right: long() };
    }
    default: {
      const operator = chance.of(["eq", "ne", "lt", "le"] as const);
      return { kind: "compare doubles", operator, left: double(), right: double() };
    }
  }
}

function randomAddress(
  chance: Chance,
  bases: readonly number[],
  inner: () => Condition,
  step = chance.of([1, 2, 4, 4, 4]),
): Condition {
  const near = binary("add", register(chance.of(bases)), constant((chance.below(16) - 8) * step));
  return chance.below(6) === 0 ? inner() : near;
}

function randomLong(chance: Chance, bases: readonly number[], levels: number): LongCondition {
  const word = () => randomCondition(chance, bases, Math.max(levels - 1, 0));
  const inner = () => randomLong(chance, bases, levels - 1);
  switch (levels <= 0 ? chance.below(3) : chance.below(8)) {
    case 0:
      return {
        kind: "long constant",
        low: chance.of(NUMBERS),
        high: chance.of([0, -1, 1, chance.next() | 0]),
      };
    case 1:
      return { kind: "long load", address: randomAddress(chance, bases, word, 8) };
    case 2:
    case 3:
      return { kind: "long of word", isSigned: chance.below(2) === 0, operand: word() };
    case 4:
    case 5: {
      const operator = chance.of(["add", "sub", "mul", "and", "or", "xor"] as const);
      return { kind: "long binary", operator, left: inner(), right: inner() };
    }
    case 6: {
      const operator = chance.of(["shl", "shrS", "shrU"] as const);
      return { kind: "long shift", operator, operand: inner(), places: chance.below(64) };
    }
    default:
      return { kind: "long choice", test: word(), yes: inner(), no: inner() };
  }
}

/** Upper words of 1, -2.5, 2^53, infinity, NaN, the least normal number, -0 and 2^-1074's. */
const UPPER_WORDS = [
  0x3ff00000, 0xc0040000, 0x43400000, 0x7ff00000, 0x7ff80000, 0x00100000, 0x80000000, 0,
];

function randomDouble(chance: Chance, bases: readonly number[], levels: number): DoubleCondition {
  const word = () => randomCondition(chance, bases, Math.max(levels - 1, 0));
  const inner = () => randomDouble(chance, bases, levels - 1);
  switch (levels <= 0 ? chance.below(5) : chance.below(10)) {
    case 0:
      return {
        kind: "double constant",
        low: chance.of([0, 1, chance.next() | 0]),
        high: chance.of(UPPER_WORDS) | 0,
      };
    case 1:
      return { kind: "double load", address: randomAddress(chance, bases, word, 8) };
    case 2:
      return { kind: "single load", address: randomAddress(chance, bases, word, 4) };
    case 3:
    case 4:
      return { kind: "double of word", isSigned: chance.below(2) === 0, operand: word() };
    case 5:
      return { kind: "single of bits", operand: word() };
    case 6: {
      const operand = randomLong(chance, bases, levels - 1);
      return { kind: "double of long", isSigned: chance.below(2) === 0, operand };
    }
    case 7: {
      const operator = chance.of(["add", "sub", "mul", "div"] as const);
      return { kind: "double binary", operator, left: inner(), right: inner() };
    }
    case 8:
      return { kind: "rounded", operand: inner() };
    default:
      return { kind: "double choice", test: word(), yes: inner(), no: inner() };
  }
}
