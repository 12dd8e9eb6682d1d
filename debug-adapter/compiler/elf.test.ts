/** The machine reads what compilers write: it knows no compiler, so the test is here. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ElfError, type ElfImage, parseElf, SECTION_FLAG } from "#emulator";
import { compileFixture } from "../testing/compile-fixture.ts";

const program = compileFixture(
  {
    "main.c": `
int counter = 42;
static int zeroed[100];
static int helper(int x) { return zeroed[x] + counter; }
__attribute__((weak)) int replaceable(int x) { return helper(x) + 1; }
`,
    "start.S": `
.globl _start
_start:
  call replaceable
inner:
  j inner
`,
  },
  "-g",
  "-Wl,--build-id=sha1",
);

/** A copy of the program with some bytes changed. */
function patched(...changes: readonly (readonly [offset: number, ...bytes: number[]])[]) {
  const bytes = program.slice();
  for (const [offset, ...values] of changes) bytes.set(values, offset);
  return bytes;
}

function errorOf(bytes: Uint8Array): ElfError {
  try {
    parseElf(bytes);
  } catch (error) {
    if (error instanceof ElfError) return error;
    throw error;
  }
  throw new Error("the file was accepted");
}

describe("an executable", () => {
  const image = parseElf(program);

  test("begins at its entry symbol, uses compressed instructions and no float registers", () => {
    expect(image.entry).toBe(image.symbol("_start")?.value);
    expect(image.flags & 1).toBe(1);
    expect(image.floatAbi).toBe("soft");
  });

  test("has loadable segments with the rights and bytes of the file", () => {
    const code = image.segments.find(({ executable }) => executable)!;
    expect(code).toMatchObject({ readable: true, writable: false });
    expect(code.virtualAddress).toBeLessThanOrEqual(image.entry);
    expect(code.bytes.length).toBe(code.fileSize);
    expect(code.bytes).toEqual(program.subarray(code.fileOffset, code.fileOffset + code.fileSize));
  });

  test("has a segment larger in memory than in the file, for variables that begin as zero", () => {
    expect(image.segments.some((s) => s.writable && s.memorySize > s.fileSize)).toBe(true);
    expect(image.section(".bss")?.bytes.length).toBe(0);
    expect(image.section(".bss")?.size).toBeGreaterThanOrEqual(400);
  });

  test("has symbols with kind, size and binding", () => {
    expect(image.symbol("counter")).toMatchObject({ kind: "object", size: 4, binding: "global" });
    expect(image.symbol("replaceable")).toMatchObject({ kind: "function", binding: "weak" });
    expect(image.symbol("helper")).toMatchObject({ kind: "function", binding: "local" });
    expect(image.symbol("absent")).toBeUndefined();
  });

  test("finds the function around an address, and assembly labels without a size", () => {
    const helper = image.symbol("helper")!;
    expect(image.symbolAt(helper.value + 2)?.name).toBe("helper");
    expect(image.symbolAt(helper.value + helper.size - 1)?.name).toBe("helper");
    expect(image.symbolAt(image.entry)?.name).toBe("_start");
    expect(image.symbolAt(image.symbol("inner")!.value)?.name).toBe("inner");
    expect(image.symbolAt(0)).toBeUndefined();
    expect(image.symbolAt(0xffff_fff0)).toBeUndefined();
  });

  test("has the linker's build id in hexadecimal", () => {
    expect(image.buildId).toMatch(/^[0-9a-f]{40}$/);
  });

  test("may be stripped of sections and symbols", () => {
    const stripped = parseElf(patched([32, 0, 0, 0, 0], [48, 0, 0, 0, 0]));
    expect(stripped.segments).toHaveLength(image.segments.length);
    expect(stripped.sections).toEqual([]);
    expect(stripped.symbolAt(stripped.entry)).toBeUndefined();
    expect(stripped.buildId).toBeUndefined();
  });

  test("is read the same when it is part of a larger buffer", () => {
    const larger = new Uint8Array(program.length + 10);
    larger.set(program, 7);
    expect(parseElf(larger.subarray(7, 7 + program.length)).entry).toBe(image.entry);
  });

  test("marks sections that are compressed", () => {
    const index = image.sections.findIndex(({ name }) => name === ".debug_info");
    const flags = new DataView(program.buffer).getUint32(32, true) + index * 40 + 8;
    const compressed = parseElf(patched([flags, 0, SECTION_FLAG.compressed >> 8]));
    expect(compressed.section(".debug_info")?.isCompressed).toBe(true);
    expect(image.section(".debug_info")?.isCompressed).toBe(false);
  });
});

test.each([
  [0x0, "soft"],
  [0x3, "single"],
  [0x5, "double"],
] as const)("e_flags %i mean the float ABI %s", (flags, floatAbi) => {
  expect(parseElf(patched([36, flags])).floatAbi).toBe(floatAbi);
});

test.each`
  what                     | bytes                                                   | message
  ${"an empty file"}       | ${new Uint8Array()}                                     | ${/not an ELF executable .*empty.*give the linked program/}
  ${"text"}                | ${new TextEncoder().encode("int main() {}")}            | ${/not an ELF executable .*696e7420/}
  ${"a static library"}    | ${new TextEncoder().encode("!<arch>\nfoo")}             | ${/static library; link it/}
  ${"a macOS program"}     | ${new Uint8Array([0xcf, 0xfa, 0xed, 0xfe, 0, 0, 0, 0])} | ${/macOS program; compile with --target=riscv32/}
  ${"big endian"}          | ${patched([5, 2])}                                      | ${/big endian \(offset 5\).*compile with --target=riscv32/}
  ${"64 bits"}             | ${patched([4, 2])}                                      | ${/64-bit RISC-V \(offset 4\).*compile with --target=riscv32/}
  ${"another machine"}     | ${patched([18, 62, 0])}                                 | ${/built for x86-64 \(offset 18\), this machine is RISC-V RV32; compile with --target=riscv32/}
  ${"an unknown machine"}  | ${patched([18, 0x34, 0x12])}                            | ${/built for machine number 4660/}
  ${"an object file"}      | ${patched([16, 1, 0])}                                  | ${/relocatable object .*link it/}
  ${"a shared object"}     | ${patched([16, 3, 0])}                                  | ${/shared object .*link it/}
  ${"a header only"}       | ${program.subarray(0, 40)}                              | ${/truncated: the file header .*ends at 40/}
  ${"no program headers"}  | ${patched([44, 0, 0])}                                  | ${/no segment to load/}
  ${"a far header table"}  | ${patched([28, 0xff, 0xff, 0xff, 0x7f])}                | ${/truncated: the table of \d+ program headers/}
  ${"wrong header size"}   | ${patched([42, 31, 0])}                                 | ${/program header should have 32 bytes, but the file says 31/}
  ${"a cut section table"} | ${program.subarray(0, program.length - 8)}              | ${/truncated/}
`("$what is refused with one clear sentence", ({ bytes, message }) => {
  const error = errorOf(bytes);
  expect(error.message).toMatch(message);
  expect(error.message).toMatch(/^[A-Z].*\.$/);
  expect(error.offset).toBeGreaterThanOrEqual(0);
});

describe("a segment", () => {
  const table = new DataView(program.buffer).getUint32(28, true);
  const first = Array.from({ length: 8 }, (_, index) => table + index * 32).find(
    (at) => program[at] === 1,
  )!;

  test("beyond the end of the file is refused as truncated", () => {
    const error = errorOf(patched([first + 4, 0, 0, 0xff, 0]));
    expect(error.message).toMatch(/truncated: segment \d+ should occupy/);
  });

  test("with more bytes in the file than in memory is refused", () => {
    const error = errorOf(patched([first + 20, 0, 0, 0, 0]));
    expect(error.message).toMatch(/more bytes in the file/);
  });

  test("beyond the address space is refused", () => {
    const error = errorOf(patched([first + 8, 0xff, 0xff, 0xff, 0xff]));
    expect(error.message).toMatch(/beyond the 32-bit address space/);
  });
});

test("damaged bytes give an image or an ElfError, nothing else", () => {
  const byte = fc.integer({ min: 0, max: 255 });
  // Headers are where damage matters; a third of the changes hits them.
  const offset = fc.oneof(
    fc.integer({ min: 0, max: 400 }),
    fc.integer({ min: program.length - 1600, max: program.length - 1 }),
    fc.integer({ min: 0, max: program.length - 1 }),
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(offset, byte), { maxLength: 12 }),
      fc.integer({ min: 0, max: program.length }),
      fc.boolean(),
      (changes, length, isCut) => {
        const bytes = patched(...changes);
        let image: ElfImage;
        try {
          image = parseElf(isCut ? bytes.subarray(0, length) : bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(ElfError);
          return;
        }
        image.symbolAt(image.entry);
        image.symbol("_start");
      },
    ),
    { numRuns: 500 },
  );
});
