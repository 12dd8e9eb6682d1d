import { describe, expect, test } from "vitest";
import { CONSOLE_QUEUE_BYTES } from "../state-layout.ts";
import { guest } from "../testing/guest.ts";

describe("the console", () => {
  test("hands out what is written, byte by byte, and counts it", () => {
    const { console } = guest("nop").machine;
    const seen: number[] = [];
    console.write(1);
    console.onOutput = (byte) => seen.push(byte);
    console.write(0x168);
    expect(seen).toEqual([0x68]);
    expect(console.bytesWritten).toBe(2);
  });

  test("keeps input in order until it is read", () => {
    const { console } = guest("nop").machine;
    expect(console.read()).toBeUndefined();
    console.push(Uint8Array.of(1, 2));
    console.push(Uint8Array.of(3));
    expect(console.available).toBe(3);
    expect([console.read(), console.read(), console.read(), console.read()]).toEqual([
      1,
      2,
      3,
      undefined,
    ]);
  });

  test("refuses what doesn't fit, and takes it when there is room again", () => {
    const { console } = guest("nop").machine;
    expect(console.push(new Uint8Array(CONSOLE_QUEUE_BYTES - 1))).toBe(CONSOLE_QUEUE_BYTES - 1);
    expect(console.push(Uint8Array.of(7, 8))).toBe(1);
    console.read();
    expect(console.push(Uint8Array.of(8))).toBe(1);
    for (let count = 0; count < CONSOLE_QUEUE_BYTES - 2; count++) console.read();
    expect([console.read(), console.read(), console.read()]).toEqual([7, 8, undefined]);
  });

  test("has its input restored with the machine's state", () => {
    const { machine } = guest("nop");
    machine.console.push(Uint8Array.of(5));
    const state = machine.readState();
    machine.console.read();
    machine.restoreState(state);
    expect(machine.console.read()).toBe(5);
  });
});
