import fc from "fast-check";
import { expect, test } from "vitest";
import { guest } from "../testing/guest.ts";

const signed = (value: number) => BigInt(value);
const unsigned = (value: number) => BigInt(value >>> 0);
const low = (value: bigint) => Number(BigInt.asUintN(32, value));
const high = (value: bigint) => low(value >> 32n);

/** Integers of which many are near the places where signs and carries change. */
const operand = fc.oneof(
  fc.integer(),
  fc.constantFrom(0, 1, -1, 2 ** 31 - 1, -(2 ** 31), 0xffff, 0x10000, -0x10000, 0x7fff8000),
);

test("products and quotients are those of unbounded integers, whatever the operands", () => {
  const source = `
    mul s2, a0, a1; mulh s3, a0, a1; mulhsu s4, a0, a1; mulhu s5, a0, a1
    div s6, a0, a1; divu s7, a0, a1; rem s8, a0, a1; remu s9, a0, a1
  `;
  const { machine } = guest(source);
  const start = machine.hart.pc;
  fc.assert(
    fc.property(operand, operand, (a, b) => {
      machine.hart.setPc(start);
      machine.hart.setX(10, a);
      machine.hart.setX(11, b);
      expect(machine.run(8)).toEqual({ kind: "budget" });
      const [sa, sb, ua, ub] = [signed(a), signed(b), unsigned(a), unsigned(b)];
      expect([...machine.hart.registers().slice(18, 26)]).toEqual([
        low(sa * sb),
        high(sa * sb),
        high(sa * ub),
        high(ua * ub),
        sb === 0n ? 0xffffffff : low(sa / sb),
        ub === 0n ? 0xffffffff : low(ua / ub),
        sb === 0n ? low(sa) : low(sa % sb),
        ub === 0n ? low(ua) : low(ua % ub),
      ]);
    }),
    { numRuns: 2000 },
  );
});
