import { ROUNDING, type Rounding } from "./arithmetic.ts";

/** Added to a number below 2 ** 51, it leaves no place for a fraction. */
const NO_FRACTION = 1.5 * 2 ** 52;

/** A number rounded to an integer, if that has 32 bits; else something that has more, or NaN. */
export function toInteger(value: number, rounding: Rounding): number {
  switch (rounding) {
    case ROUNDING.rne:
      return value + NO_FRACTION - NO_FRACTION;
    case ROUNDING.rtz:
      return Math.trunc(value);
    case ROUNDING.rdn:
      return Math.floor(value);
    case ROUNDING.rup:
      return Math.ceil(value);
    case ROUNDING.rmm: {
      const whole = Math.trunc(value);
      return Math.abs(value - whole) >= 0.5 ? whole + Math.sign(value) : whole;
    }
  }
}
