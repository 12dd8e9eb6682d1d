import { STATE } from "../state-layout.ts";
import { FLAG } from "./arithmetic.ts";

/** Where an upper word of all ones says that the lower one is a single (Unpriv §12.2). */
const BOXED = -1;
const CANONICAL_NAN = 0x7fc0_0000;

/**
 * f0..f31 and fcsr, which lie in the state area. NaNs are moved as words or as bits: a NaN that goes through a Float64Array or a
 * Float32Array may come out as another one.
 */
export class FloatRegisters {
  /** Two for each register, the lower one first. */
  readonly words: Int32Array;
  readonly bits: BigUint64Array;
  readonly doubles: Float64Array;
  /** Two for each register, as words. */
  readonly singles: Float32Array;
  readonly #fcsr: Int32Array;

  constructor(buffer: ArrayBuffer) {
    this.words = new Int32Array(buffer, STATE.f, 64);
    this.bits = new BigUint64Array(buffer, STATE.f, 32);
    this.doubles = new Float64Array(buffer, STATE.f, 32);
    this.singles = new Float32Array(buffer, STATE.f, 64);
    this.#fcsr = new Int32Array(buffer, STATE.fcsr, 1);
  }

  get fcsr(): number {
    return this.#fcsr[0];
  }

  /** Whether it is said already that a result was inexact. */
  get isInexact(): boolean {
    return (this.#fcsr[0] & FLAG.inexact) !== 0;
  }

  raise(flags: number): void {
    this.#fcsr[0] |= flags;
  }

  /** The single of register `index`; NaN, whichever, where it is not boxed. */
  single(index: number): number {
    return this.words[index * 2 + 1] === BOXED ? this.singles[index * 2] : Number.NaN;
  }

  /** As a word; the canonical NaN where it is not boxed. */
  singleBits(index: number): number {
    return this.words[index * 2 + 1] === BOXED ? this.words[index * 2] : CANONICAL_NAN;
  }

  /** `value` is a single, and no NaN. */
  setSingle(index: number, value: number): void {
    this.singles[index * 2] = value;
    this.words[index * 2 + 1] = BOXED;
  }

  setSingleBits(index: number, bits: number): void {
    this.words[index * 2] = bits;
    this.words[index * 2 + 1] = BOXED;
  }
}
