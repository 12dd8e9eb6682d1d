import fc from "fast-check";
import { expect, test } from "vitest";
import { stopAt } from "../testing/stopped-program.ts";
import { evaluate } from "./evaluate.ts";
import { floatFromBits, floatToBits } from "./floats.ts";
import { formatValue } from "./format.ts";

test("a long double that clang wrote is read, and what is written is what clang writes", () => {
  const numbers = [
    "0",
    "1",
    "-1.5",
    "0.1",
    "1e300",
    "-1e-300",
    "4.9e-324",
    "1.7976931348623157e308",
  ];
  // Rounded to double first, since no more than that is kept here.
  const source = `
long double quads[] = {${numbers.map((number) => `(double)${number}`).join(", ")}};
long double huge = 1e4000L, tiny = 1e-4000L, infinite = __builtin_inf(), none = __builtin_nan("");
int _start(void) {
  return (int)&quads + (int)&huge + (int)&tiny + (int)&infinite + (int)&none; // stop
}`;
  const frame = stopAt(source, "// stop").frame();
  const shown = (text: string) => {
    const result = evaluate(text, frame, { allowEffects: true });
    return result.ok ? formatValue(result.value, frame) : result.message;
  };
  for (const [index, number] of numbers.entries()) {
    expect(Number(shown(`quads[${index}]`))).toBe(Number(number));
    const written = (base: string) =>
      [0, 1, 2, 3].map((word) => shown(`((unsigned *)&${base})[${word}]`));
    const before = written(`quads[${index}]`);
    shown(`quads[${index}] = ${number}`);
    expect(written(`quads[${index}]`)).toEqual(before);
  }
  expect(["huge", "tiny", "infinite", "none"].map(shown)).toEqual(["inf", "0.0", "inf", "nan"]);
});

test.each([4, 8, 16])("a float of %i bytes survives its way to bits and back", (size) => {
  const numbers = size === 4 ? fc.float() : fc.double();
  fc.assert(
    fc.property(numbers, (number) => {
      expect(floatFromBits(floatToBits(number, size), size)).toBe(number);
    }),
  );
});
