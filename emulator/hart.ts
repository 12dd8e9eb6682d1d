import { CSR, csrRow, USTATUS } from "./csr.ts";
import { NO_RESERVATION, STATE } from "./state-layout.ts";

/** What the counters of Unpriv ch. 10 read from. */
export interface Clock {
  readonly steps: number;
  readonly retired: number;
  readonly modelledCharge: number;
}

/**
 * The architectural state of the one RV32 hart: a view over the state area, which alone holds it. Values go out as
 * unsigned 32-bit numbers and come in as any number, of which the low 32 bits are kept.
 */
export class Hart {
  readonly #words: Int32Array;
  readonly #floats: Int32Array;
  readonly #clock: Clock;

  constructor(buffer: ArrayBuffer, clock: Clock) {
    this.#words = new Int32Array(buffer, 0, STATE.f >>> 2);
    this.#floats = new Int32Array(buffer, STATE.f, 64);
    this.#clock = clock;
    this.clearReservation();
  }

  /** Register x`index`. */
  x(index: number): number {
    return this.#words[(STATE.x >>> 2) + (index & 31)] >>> 0;
  }

  /** Sets x`index`; x0 stays 0. */
  setX(index: number, value: number): void {
    if ((index & 31) !== 0) this.#words[(STATE.x >>> 2) + (index & 31)] = value;
  }

  /** A copy of x0..x31. */
  registers(): Uint32Array {
    return new Uint32Array(this.#words.subarray(STATE.x >>> 2, (STATE.x >>> 2) + 32));
  }

  /** Sets x1..x31 from a copy as `registers` gives. */
  setRegisters(values: ArrayLike<number>): void {
    for (let index = 1; index < 32; index++) this.setX(index, values[index]);
  }

  /** Register f`index`, all 64 bits of it. */
  f(index: number): bigint {
    const at = (index & 31) * 2;
    return BigInt.asUintN(
      64,
      (BigInt(this.#floats[at + 1]) << 32n) | BigInt(this.#floats[at] >>> 0),
    );
  }

  setF(index: number, value: bigint): void {
    const at = (index & 31) * 2;
    this.#floats[at] = Number(BigInt.asIntN(32, value));
    this.#floats[at + 1] = Number(BigInt.asIntN(32, value >> 32n));
  }

  /** A copy of f0..f31, two words each, the lower one first. */
  floatWords(): Uint32Array {
    return new Uint32Array(this.#floats);
  }

  /** Whether all bits of all of them are 0: no program has used them, or the kernel cleared them. */
  get areFloatsZero(): boolean {
    const floats = this.#floats;
    let any = 0;
    for (let at = 0; at < 64; at++) any |= floats[at];
    return any === 0;
  }

  /** Sets f0..f31 from a copy as `floatWords` gives. */
  setFloatWords(values: ArrayLike<number>): void {
    for (let at = 0; at < 64; at++) this.#floats[at] = values[at];
  }

  get pc(): number {
    return this.#words[STATE.pc >>> 2] >>> 0;
  }

  /** The next instruction is the one at `value`; its low bit is cleared, as jalr does. */
  setPc(value: number): void {
    this.#words[STATE.pc >>> 2] = value & ~1;
  }

  /** The address space that translations are looked up in, 0 to 255. */
  get asid(): number {
    return this.#words[STATE.asid >>> 2];
  }

  set asid(value: number) {
    this.#words[STATE.asid >>> 2] = value & 0xff;
  }

  get ustatus(): number {
    return this.#words[STATE.ustatus >>> 2] >>> 0;
  }

  get utvec(): number {
    return this.#words[STATE.utvec >>> 2] >>> 0;
  }

  get uscratch(): number {
    return this.#words[STATE.uscratch >>> 2] >>> 0;
  }

  get uepc(): number {
    return this.#words[STATE.uepc >>> 2] >>> 0;
  }

  get ucause(): number {
    return this.#words[STATE.ucause >>> 2] >>> 0;
  }

  get utval(): number {
    return this.#words[STATE.utval >>> 2] >>> 0;
  }

  get uip(): number {
    return this.#words[STATE.uip >>> 2] >>> 0;
  }

  /** Whether the next boundary between instructions takes an interrupt. */
  get interruptPending(): boolean {
    return (
      (this.#words[STATE.ustatus >>> 2] & USTATUS.UIE) !== 0 && this.#words[STATE.uip >>> 2] !== 0
    );
  }

  /**
   * The value of CSR `number`; one that doesn't exist reads 0 here, since the host may ask for anything
   * (an instruction that names it traps).
   */
  readCsr(number: number): number {
    const row = csrRow(number);
    if (row?.offset !== undefined) {
      return ((this.#words[row.offset >>> 2] >>> (row.shift ?? 0)) & row.writable) >>> 0;
    }
    switch (number) {
      case CSR.cycle:
        return (this.#clock.steps + this.#clock.modelledCharge) >>> 0;
      case CSR.cycleh:
        return upperHalf(this.#clock.steps + this.#clock.modelledCharge);
      case CSR.time:
        return this.#clock.steps >>> 0;
      case CSR.timeh:
        return upperHalf(this.#clock.steps);
      case CSR.instret:
        return this.#clock.retired >>> 0;
      case CSR.instreth:
        return upperHalf(this.#clock.retired);
      default:
        return 0;
    }
  }

  /** Sets the bits of CSR `number` that can be written; counters and unknown numbers are left as they are. */
  writeCsr(number: number, value: number): void {
    const row = csrRow(number);
    if (row?.offset === undefined) return;
    const { offset, writable, shift = 0 } = row;
    const others = this.#words[offset >>> 2] & ~(writable << shift);
    this.#words[offset >>> 2] = others | ((value & writable) << shift);
  }

  /** The physical address of the word that LR reserved, or undefined. */
  get reservation(): number | undefined {
    const pa = this.#words[STATE.reservation >>> 2];
    return pa === NO_RESERVATION ? undefined : pa;
  }

  /** Makes the next SC fail; the kernel does so whenever another environment gets the hart. */
  clearReservation(): void {
    this.#words[STATE.reservation >>> 2] = NO_RESERVATION;
  }
}

function upperHalf(count: number): number {
  return Math.floor(count / 2 ** 32) >>> 0;
}
