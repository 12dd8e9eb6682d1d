/**
 * Operands for F and D that lie where something goes wrong more often than anywhere: zeros, subnormal numbers, the ends of what a format has, halves between two
 * numbers, NaNs of both kinds, singles that are not boxed, and operands that nearly cancel or divide each other.
 */

import type { Dice } from "./dice.ts";
import type { FloatFormat } from "./float-operations.ts";

interface Shape {
  readonly exponentBits: number;
  /** Of the fraction's bits, those that lie in the word of the exponent. */
  readonly fractionBits: number;
  readonly precision: number;
}

const SHAPES: Readonly<Record<FloatFormat, Shape>> = {
  single: { exponentBits: 8, fractionBits: 23, precision: 24 },
  double: { exponentBits: 11, fractionBits: 20, precision: 53 },
};

/** Numbers around which conversions to words change. */
const WORD_EDGES = [0, 1, 2 ** 31, 2 ** 32, 2 ** 24, 2 ** 22, 100];

/** Three operands, one after the other, 8 bytes each; and a word for conversions from integers, which is the first operand's lower one. */
export class FloatOperands {
  readonly words = new Int32Array(6);
  readonly #doubles = new Float64Array(this.words.buffer);
  readonly #singles = new Float32Array(this.words.buffer);

  get word(): number {
    return this.words[0];
  }

  choose(dice: Dice, format: FloatFormat): void {
    for (let index = 0; index < 3; index++) this.#choose(dice, index, format);
    this.#relate(dice, format);
    if (format === "double") return;
    for (let index = 0; index < 3; index++) {
      this.words[index * 2 + 1] = dice.isOneIn(16) ? dice.of([0, -2, 1, dice.next()]) : -1;
    }
  }

  /** The first one is a number about which conversions to words change, or next to it. */
  chooseNearWord(dice: Dice, format: FloatFormat): void {
    const number = dice.of(WORD_EDGES) + dice.of([0, 0, 0.5, -0.5, 0.25, -0.75, 1, -1]);
    this.#setNumber(0, format, dice.isOneIn(2) ? number : -number);
    if (dice.isOneIn(4)) this.words[0] += dice.of([1, -1]);
    if (format === "single") this.words[1] = -1;
  }

  #choose(dice: Dice, index: number, format: FloatFormat): void {
    const { exponentBits } = SHAPES[format];
    const exponents = 2 ** exponentBits;
    const bias = exponents / 2 - 1;
    switch (dice.below(13)) {
      case 0:
      case 1:
        this.#setBits(dice, index, format, dice.below(exponents));
        break;
      case 2:
      case 3:
      case 4:
        this.#setBits(dice, index, format, bias + dice.below(9) - 4);
        break;
      case 5:
        this.#setBits(dice, index, format, bias + dice.below(120) - 60);
        break;
      case 6:
        // With another one of its kind: products at both ends.
        this.#setBits(
          dice,
          index,
          format,
          dice.of([bias >> 1, bias + (bias >> 1)]) + dice.below(7) - 3,
        );
        break;
      case 7:
        this.#setBits(dice, index, format, dice.of([0, 0, 1, 2, 30]));
        break;
      case 8:
        this.#setBits(dice, index, format, exponents - 2 - dice.below(3));
        break;
      case 9:
        // Infinities and NaNs.
        this.#setBits(dice, index, format, exponents - 1);
        break;
      case 10:
        this.#setBits(dice, index, format, dice.of([0, bias]), 0);
        break;
      case 11: {
        // Doubles at the ends of what a single has: the greatest one, the least normal one, the least one.
        const end = format === "double" ? dice.of([127, -126, -149]) : dice.of([0, 23, 31]);
        this.#setBits(dice, index, format, bias + end + dice.below(4) - 2);
        break;
      }
      default: {
        const number = dice.of(WORD_EDGES) + (dice.below(17) - 8) * dice.of([1, 0.5, 0.25, 0.001]);
        this.#setNumber(index, format, dice.isOneIn(2) ? number : -number);
      }
    }
  }

  /** A sign and a fraction of some pattern for an exponent's field. */
  #setBits(
    dice: Dice,
    index: number,
    format: FloatFormat,
    exponent: number,
    pattern = dice.below(8),
  ): void {
    const { fractionBits } = SHAPES[format];
    const sign = dice.isOneIn(2) ? 1 << 31 : 0;
    const bit = 1 << dice.below(32);
    let [high, low] = [dice.next() | 0, dice.next() | 0];
    if (pattern === 0) [high, low] = [0, 0];
    if (pattern === 1) [high, low] = [-1, -1];
    if (pattern === 2) low = 0;
    if (pattern === 3) [high, low] = dice.isOneIn(2) ? [bit, 0] : [0, bit];
    // A half between two singles, and what is next to it.
    if (pattern === 4) low = (low & ~0x1fff_ffff) | (0x1000_0000 + dice.below(3) - 1);
    if (pattern === 5) [high, low] = [-1, -bit];
    const upper = sign | (exponent << fractionBits) | (high & ((1 << fractionBits) - 1));
    if (format === "single") {
      this.words[index * 2] = upper;
      return;
    }
    this.words[index * 2] = low;
    this.words[index * 2 + 1] = upper;
  }

  #setNumber(index: number, format: FloatFormat, value: number): void {
    if (format === "single") this.#singles[index * 2] = value;
    else this.#doubles[index] = value;
  }

  #number(index: number, format: FloatFormat): number {
    return format === "single" ? this.#singles[index * 2] : this.#doubles[index];
  }

  /** Makes some operands ones that have to do with the others. */
  #relate(dice: Dice, format: FloatFormat): void {
    const a = this.#number(0, format);
    const b = this.#number(1, format);
    const { precision, exponentBits } = SHAPES[format];
    const exponentMin = 2 - 2 ** (exponentBits - 1);
    const sign = dice.isOneIn(2) ? 1 : -1;
    switch (dice.below(12)) {
      case 0:
        // Equal, or nearly.
        this.#setNumber(1, format, a * sign);
        this.words[2] += dice.below(3) - 1;
        break;
      case 1:
        // Cancels the product, or all but its last bits.
        this.#setNumber(2, format, a * b * sign);
        this.words[4] += dice.below(3) - 1;
        break;
      case 2:
        // Somewhere about the product's size.
        this.#setNumber(2, format, a * b * 2 ** (dice.below(4 * precision) - 2 * precision));
        break;
      case 3:
        // An exact quotient, sometimes.
        this.#setNumber(0, format, b * (1 + dice.below(100)));
        break;
      case 4:
        // A square of few bits has an exact root.
        this.#setNumber(0, format, Math.fround(b) ** 2);
        break;
      case 5:
        // At a distance at which a sum is halved.
        this.#setNumber(1, format, a * sign * 2 ** -(precision + dice.below(5) - 2));
        break;
      case 6: {
        // A product or a quotient that is rounded to the least normal number, or nearly, from below it: that is underflow.
        const size = -dice.below(20);
        this.#setNumber(0, format, (1 - 2 ** -precision) * 2 ** size * sign);
        this.words[0] += dice.of([0, 0, 1, -1]);
        const other = exponentMin - size;
        this.#setNumber(1, format, 2 ** (dice.isOneIn(2) ? other : -other));
        if (dice.isOneIn(2)) this.#setNumber(2, format, dice.of([0, -0, 2 ** exponentMin]));
        break;
      }
      case 7: {
        // A product that is halfway between two numbers, and so little besides that it is lost where a sum is rounded twice.
        const half = precision >> 1;
        const odd = () => 2 * dice.below(2 ** (half - 3)) + 1;
        const size = 2 ** (dice.below(40) - 20);
        this.#setNumber(0, format, (2 ** half + odd()) * size);
        this.#setNumber(1, format, (2 ** (precision - half) + odd()) * sign);
        const least = size * 2 ** -dice.below(2 * precision);
        this.#setNumber(2, format, dice.isOneIn(2) ? least : -least);
        break;
      }
      case 9: {
        // A product that is rounded to half of the third one's last bit, to which its rest is lost.
        const rest = 2 ** -(precision - 1 - dice.below(precision >> 1));
        this.#setNumber(0, format, (1 + rest) * 2 ** -precision * sign);
        this.#setNumber(1, format, 1 - rest);
        this.#setNumber(2, format, 1 + dice.below(2 ** 20) * 2 ** (1 - precision));
        break;
      }
      case 8:
        // Zeros of both signs.
        this.#setNumber(0, format, dice.of([0, -0]));
        this.#setNumber(dice.of([1, 2]), format, dice.of([0, -0]));
        break;
    }
  }
}
