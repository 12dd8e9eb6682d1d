import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type ElfImage, parseElf } from "#emulator";
import { FLAG_GUARANTEED, stripProgram } from "./strip-program.ts";
import { compileFixture } from "./testing/compile-fixture.ts";
import { compileGuest, WORKSPACE } from "./testing/run-guest.ts";

/** Memory as a loader makes it: address to bytes of each segment. */
const memoryOf = ({ segments }: ElfImage) =>
  segments.map(({ virtualAddress, memorySize, readable, writable, executable, bytes }) => {
    const memory = new Uint8Array(memorySize);
    memory.set(bytes);
    return { virtualAddress, readable, writable, executable, memory };
  });

/** The program headers as words: type, offset, address, physical address, file size, memory size, flags, alignment. */
function headersOf(bytes: Uint8Array): number[][] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const table = view.getUint32(28, true);
  return Array.from({ length: view.getUint16(44, true) }, (_, i) =>
    Array.from({ length: 8 }, (_word, j) => view.getUint32(table + 32 * i + 4 * j, true)),
  );
}

function buildIdIn(bytes: Uint8Array): string {
  const [, offset = 0, , , size = 0] = headersOf(bytes).find(([type]) => type === 4) ?? [];
  const note = bytes.subarray(offset, offset + size);
  return Buffer.from(note.subarray(16)).toString("hex");
}

test("a stripped program makes the same memory, page by page, and has its build id", async () => {
  const built = await compileGuest(join(WORKSPACE, "hello.c"));
  expect(built.ok).toBe(true);
  const bytes = new Uint8Array(readFileSync(built.ok ? built.output : ""));
  const elf = parseElf(bytes);
  const stripped = stripProgram(bytes, elf);
  const again = parseElf(stripped);
  expect(again.entry).toBe(elf.entry);
  expect(memoryOf(again)).toEqual(memoryOf(elf));
  expect(stripped.length).toBeLessThan(bytes.length / 2);
  for (const [type, offset = 0, address = 0] of headersOf(stripped)) {
    if (type === 1) expect([offset % 4096, address % 4096]).toEqual([0, 0]);
  }
  expect(elf.buildId).toMatch(/^[0-9a-f]{40}$/);
  expect(buildIdIn(stripped)).toBe(elf.buildId);
  // .text, .rodata, .exo.text, .exo.data, .data: two of them are to be bound as guaranteed.
  const guaranteed = headersOf(stripped).map(([type, , , , , , flags = 0]) =>
    type === 1 ? (flags & FLAG_GUARANTEED) !== 0 : undefined,
  );
  expect(guaranteed.filter((each) => each !== undefined)).toEqual([
    false,
    false,
    true,
    true,
    false,
  ]);
});

test("addresses within a page are kept, and a note that is not loaded is put at the end", () => {
  const bytes = compileFixture(
    {
      "a.c":
        "int counter = 7; int zeros[9000]; void _start(void) { zeros[0] = counter; for (;;); }",
    },
    "-Wl,--build-id=sha1",
  );
  const elf = parseElf(bytes);
  const stripped = stripProgram(bytes, elf);
  expect(memoryOf(parseElf(stripped))).toEqual(memoryOf(elf));
  expect(elf.segments.some(({ virtualAddress }) => virtualAddress % 4096 !== 0)).toBe(true);
  for (const [type, offset = 0, address = 0] of headersOf(stripped)) {
    if (type === 1) expect(offset % 4096).toBe(address % 4096);
  }
  expect(buildIdIn(stripped)).toBe(elf.buildId);
  const withoutNote = compileFixture({ "b.c": "void _start(void) { for (;;); }" });
  const plain = parseElf(withoutNote);
  expect(memoryOf(parseElf(stripProgram(withoutNote, plain)))).toEqual(memoryOf(plain));
});
