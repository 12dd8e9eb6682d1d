/** Conditions of breakpoints for tests: random ones, and words to write them with. */
import type { Condition, ConditionOperator } from "../condition.ts";

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
const COMPARISONS: readonly ConditionOperator[] = ["eq", "ne", "ltS", "ltU", "leS", "leU"];
const NUMBERS = [0, 1, -1, 2, 4, 7, 31, 32, 255, -128, 0x7fffffff, -0x80000000];

/** A condition of at most so many levels. Loads are at or near what `bases` hold more often than elsewhere. */
export function randomCondition(chance: Chance, bases: readonly number[], levels = 4): Condition {
  const inner = () => randomCondition(chance, bases, levels - 1);
  switch (levels === 0 ? chance.below(3) : chance.below(12)) {
    case 0:
      return constant(chance.below(3) === 0 ? chance.next() | 0 : chance.of(NUMBERS));
    case 1:
    case 2:
      return register(chance.below(32));
    case 3:
    case 4: {
      const offset = constant((chance.below(16) - 8) * chance.of([1, 2, 4, 4, 4]));
      const near = binary("add", register(chance.of(bases)), offset);
      const address = chance.below(6) === 0 ? inner() : near;
      return load(address, chance.of([1, 2, 4, 4]), chance.below(2) === 0);
    }
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
    default:
      return { kind: "choice", test: inner(), yes: inner(), no: inner() };
  }
}
