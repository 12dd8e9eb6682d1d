import { describe, expect, test } from "vitest";
import { RAM_BASE } from "../state-layout.ts";
import { DirtyPages } from "./dirty-pages.ts";
import { PAGE_SIZE, PhysicalMemory } from "./physical.ts";

function memoryOf(pages: number): PhysicalMemory {
  return new PhysicalMemory(
    new ArrayBuffer(RAM_BASE + pages * PAGE_SIZE),
    pages,
    new DirtyPages(pages),
  );
}

describe("physical memory", () => {
  test("is little endian", () => {
    const memory = memoryOf(1);
    memory.writeU32(8, 0x80112233);
    expect([memory.readU8(8), memory.readU16(8), memory.readU16(10), memory.readU32(8)]).toEqual([
      0x33, 0x2233, 0x8011, 0x80112233,
    ]);
    expect(memory.words[2]).toBe(0x80112233 | 0);
    expect([...memory.readBytes(8, 4)]).toEqual([0x33, 0x22, 0x11, 0x80]);
  });

  test("reports writes to frames that hold code, and no others, frame by frame", () => {
    const memory = memoryOf(4);
    const seen: [number, number][] = [];
    memory.onCodeWritten = (pa, length) => seen.push([pa, length]);
    memory.holdsCode[1] = 1;
    memory.holdsCode[2] = 1;
    memory.writeU8(0, 1);
    memory.writeU32(PAGE_SIZE + 4, 1);
    memory.writeBytes(PAGE_SIZE - 2, new Uint8Array(PAGE_SIZE + 6));
    memory.fill(3 * PAGE_SIZE, PAGE_SIZE, 0);
    memory.writeBytes(PAGE_SIZE, new Uint8Array(0));
    expect(seen).toEqual([
      [PAGE_SIZE + 4, 4],
      [PAGE_SIZE, PAGE_SIZE],
      [2 * PAGE_SIZE, 4],
    ]);
  });

  test.each`
    act                                                                               | because
    ${(memory: PhysicalMemory) => memory.readU32(2 * PAGE_SIZE - 2)}                  | ${"a word reaches past the end"}
    ${(memory: PhysicalMemory) => memory.writeU8(-1, 0)}                              | ${"an address is negative"}
    ${(memory: PhysicalMemory) => memory.readBytes(PAGE_SIZE, PAGE_SIZE + 1)}         | ${"bytes reach past the end"}
    ${(memory: PhysicalMemory) => memory.writeBytes(2 * PAGE_SIZE, Uint8Array.of(1))} | ${"bytes lie past the end"}
    ${(memory: PhysicalMemory) => memory.frame(2)}                                    | ${"there is no such frame"}
  `("an access outside RAM is our bug: $because", ({ act }) => {
    expect(() => act(memoryOf(2))).toThrow();
  });
});
