import { expect, test } from "vitest";
import { Machine } from "./machine.ts";
import { Snapshots } from "./snapshots.ts";

test("what a dropped snapshot held is counted by the one that was taken after it", () => {
  const machine = new Machine({ pages: 16 });
  const snapshots = new Snapshots(machine);
  machine.hart.setX(10, 1);
  machine.memory.writeBytes(0x3000, Uint8Array.of(1));
  const first = snapshots.take();
  const second = snapshots.take();
  expect(first.bytes).toBeGreaterThan(4096);
  const before = first.bytes + second.bytes;
  snapshots.drop(first);
  expect(second.bytes).toBe(before);
  machine.hart.setX(10, 2);
  snapshots.restore(second);
  expect([machine.hart.x(10), ...machine.memory.readBytes(0x3000, 1)]).toEqual([1, 1]);
});
