/**
 * Conditions of breakpoints as data: expressions of 32 bits over registers, memory and constants, in the current address space. Interpreter
 * and translator evaluate them where they stand, so that one that is false costs the run next to nothing.
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
  | "eq"
  | "ne"
  | "ltS"
  | "ltU"
  | "leS"
  | "leU";

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
      if (left === undefined) return undefined;
      const right = evaluateCondition(condition.right, state);
      return right === undefined ? undefined : combined(condition.operator, left, right);
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
