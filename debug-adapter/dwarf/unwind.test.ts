import { describe, expect, test } from "vitest";
import { parseElf } from "#emulator";
import { compileFixture } from "../testing/compile-fixture.ts";
import { type CallerFrame, DebugInfo, type UnwindFrame } from "./debug-info.ts";

const macros = `
.text
.macro function name
.globl \\name
.type \\name, @function
\\name:
.cfi_startproc
.endm
.macro label name
.globl \\name
\\name:
.endm

`;

const source = `
function outer
  addi sp, sp, -16
  .cfi_def_cfa_offset 16
  sw ra, 12(sp)
  .cfi_offset ra, -4
  sw s0, 8(sp)
  .cfi_offset s0, -8
label outer_body
  call leaf
label after_call
  lw s0, 8(sp)
label loaded_s0
  lw ra, 12(sp)
label loaded_ra
  addi sp, sp, 16
label released
  ret
.cfi_endproc

function leaf
  addi a0, a0, 1
  ret
.cfi_endproc

function framed
  .cfi_def_cfa s0, 0
  .cfi_offset ra, -4
  .cfi_offset s0, -8
label framed_body
  .cfi_remember_state
  .cfi_def_cfa sp, 32
  nop
label framed_inside
  .cfi_restore_state
  nop
label framed_restored
  .cfi_restore s0
  nop
label framed_s0_kept
  nop
  mul a0, a0, a0
.cfi_endproc

function odd
  .cfi_escape 0x0f, 3, 0x72, 8, 0x06     # CFA = *(sp + 8)
  .cfi_escape 0x10, 1, 2, 0x23, 4        # ra saved at CFA + 4
  .cfi_escape 0x16, 9, 2, 0x23, 8        # s1 is CFA + 8
  .cfi_escape 0x14, 18, 3                # s2 is CFA + 3 * data alignment
  .cfi_register s3, a0
  .cfi_undefined s4
  .cfi_same_value t0
label odd_body
  nop
  mul a0, a0, a0
.cfi_endproc

function _start
  .cfi_undefined ra
  call outer
label returned_to_start
  j _start
.cfi_endproc

label uncovered
  nop
`;

/** In a file of its own: clang has one return column for all of a file's .debug_frame, that of the first function. */
const interrupted = `
function trampoline
  .cfi_signal_frame
  .cfi_return_column COLUMN
  .cfi_def_cfa sp, 64
  .cfi_offset COLUMN, -4
  .cfi_offset ra, -8
  .cfi_offset sp, -12
  .cfi_offset a0, -16
label trampoline_body
  nop
  .word 0x00200073
.cfi_endproc
`;

/** Memory with words at some addresses, over the code of the program. */
function memoryOf(image: ReturnType<typeof parseElf>, words: Readonly<Record<number, number>>) {
  return (address: number, size: number): Uint8Array | undefined => {
    const segment = image.segments.find(
      ({ virtualAddress, bytes }) =>
        virtualAddress <= address && address + size <= virtualAddress + bytes.length,
    );
    if (segment) {
      const start = address - segment.virtualAddress;
      return segment.bytes.subarray(start, start + size);
    }
    const word = words[address];
    if (word === undefined || size !== 4) return undefined;
    return new Uint8Array(new Uint32Array([word]).buffer);
  };
}

/** Registers by number; the rest hold 0x1000 + their number. */
function registers(some: Readonly<Record<number, number>>): number[] {
  return Array.from({ length: 32 }, (_, n) => some[n] ?? (n === 0 ? 0 : 0x1000 + n));
}

const SP = 2;
const RA = 1;
const S0 = 8;

describe.each([
  // The column is that of uepc, a CSR (psABI, DWARF Register Numbers). It needs .debug_frame, where clang can't say 'S'.
  [".debug_frame", "4161"],
  // The psABI's "alternate frame return column", the largest that .eh_frame can hold.
  [".eh_frame", "64"],
])("%s", (section, column) => {
  const start = `.cfi_sections ${section}\n${macros}`;
  const files = {
    "unwind.S": start + source,
    "interrupted.S": start + interrupted.replaceAll("COLUMN", column),
  };
  const image = parseElf(compileFixture(files, "-g", "-Wl,--no-gc-sections"));
  const info = DebugInfo.fromElf(image);
  const at = (name: string) => image.symbol(name)!.value;
  const saved = { 32780: at("returned_to_start"), 32776: 0x5050 };
  const memory = memoryOf(image, saved);
  const caller = (frame: UnwindFrame, read = memory) => {
    const result = info.unwind(frame, read);
    if (!result || "end" in result) throw new Error(`no caller: ${result?.end}`);
    return result;
  };

  test("the section is what is read", () => {
    expect(image.section(section)!.size).toBeGreaterThan(0);
    expect(info.unwindRow(at("outer"))).toMatchObject({
      cfa: { kind: "register", register: SP, offset: 0 },
      returnColumn: RA,
      isSignalFrame: false,
      low: at("outer"),
      high: at("leaf"),
    });
    expect(info.problems).toEqual([]);
  });

  test.each([
    ["outer", 0x8010],
    ["outer_body", 0x8000],
    ["loaded_s0", 0x8000],
    ["loaded_ra", 0x8000],
    ["released", 0x8010],
  ])("at %s the caller is the same", (label, sp) => {
    const hasFrame = sp === 0x8000;
    const isRaLoaded = !hasFrame || label === "loaded_ra";
    const isS0Loaded = !hasFrame || label === "loaded_s0" || label === "loaded_ra";
    const frame = {
      pc: at(label),
      registers: registers({
        [SP]: sp,
        [RA]: isRaLoaded ? at("returned_to_start") : 0xdead,
        [S0]: isS0Loaded ? 0x5050 : 0xbeef,
      }),
    };
    const found = caller(frame);
    expect(found).toMatchObject({
      pc: at("returned_to_start"),
      cfa: 0x8010,
      isReturnAddress: true,
    });
    expect(found.registers[SP]).toBe(0x8010);
    expect(found.registers[S0]).toBe(0x5050);
    expect(info.cfaAt(frame, memory)).toBe(0x8010);
  });

  test("a leaf's caller keeps preserved registers and forgets temporary ones", () => {
    const frame = {
      pc: at("leaf"),
      registers: registers({ [SP]: 0x8000, [RA]: at("after_call") }),
    };
    const found = caller(frame);
    expect(found.pc).toBe(at("after_call"));
    expect(found.registers[0]).toBe(0);
    for (const preserved of [3, 4, 8, 9, 18, 27]) {
      expect(found.registers[preserved]).toBe(0x1000 + preserved);
    }
    for (const temporary of [5, 7, 10, 17, 28, 31]) {
      expect(found.registers[temporary]).toBeUndefined();
    }
    const next = caller(found);
    expect(next.pc).toBe(at("returned_to_start"));
    expect(next.savedAt.get(S0)).toBe(0x8008);
  });

  test("the outermost frame says that it is", () => {
    const frame = { pc: at("returned_to_start"), registers: registers({}), isReturnAddress: true };
    expect(info.unwind(frame, memory)).toMatchObject({ isOutermost: true });
  });

  test("a return address behind a function's last call is looked up before it", () => {
    // `framed` follows `leaf`: as a return address its first byte still belongs to `leaf`.
    const end = at("framed");
    const frame = { pc: end, registers: registers({ [SP]: 0x8000, [RA]: at("after_call") }) };
    expect(caller({ ...frame, isReturnAddress: true }).pc).toBe(at("after_call"));
    expect(info.unwind(frame, memory)).toMatchObject({ isOutermost: false });
  });

  test("remembered states return, and restored registers are as at the beginning", () => {
    expect(info.unwindRow(at("framed_body"))).toMatchObject({ cfa: { register: SP, offset: 32 } });
    expect(info.unwindRow(at("framed_inside"))).toMatchObject({ cfa: { register: S0, offset: 0 } });
    expect(info.unwindRow(at("framed_restored"))!.registers.has(S0)).toBe(false);
    expect(info.unwindRow(at("framed_s0_kept"))!.registers.has(RA)).toBe(true);
  });

  test("every kind of rule is followed", () => {
    const read = memoryOf(image, { 32776: 0x9000, 36868: at("after_call") });
    const found = caller({ pc: at("odd_body"), registers: registers({ [SP]: 0x8000 }) }, read);
    expect(found.cfa).toBe(0x9000);
    expect(found.pc).toBe(at("after_call"));
    expect(found.registers[9]).toBe(0x9008);
    expect(found.registers[18]).toBe(0x9000 - 12);
    expect(found.registers[19]).toBe(0x1000 + 10);
    expect(found.registers[20]).toBeUndefined();
    expect(found.registers[5]).toBe(0x1000 + 5);
    expect(found.savedAt.get(RA)).toBe(0x9004);
  });

  test("an interrupted frame has all registers and an exact address", () => {
    const read = memoryOf(image, {
      32828: at("outer_body"),
      32824: 0x1111,
      32820: 0x7000,
      32816: 0x2222,
    });
    const found = caller(
      { pc: at("trampoline_body"), registers: registers({ [SP]: 0x8000 }) },
      read,
    );
    expect(found).toMatchObject({ pc: at("outer_body"), cfa: 0x8040, isReturnAddress: false });
    expect(found.registers.slice(1, 3)).toEqual([0x1111, 0x7000]);
    expect(found.registers[10]).toBe(0x2222);
    expect(found.registers[11]).toBe(0x1000 + 11);
  });

  test("unreadable memory ends the stack with the reason", () => {
    const frame = { pc: at("outer_body"), registers: registers({ [SP]: 0xf000 }) };
    expect(info.unwind(frame, memory)).toEqual({
      end: "the return address can't be read from 0x0000f00c",
      isOutermost: false,
    });
    const unknown = { pc: at("outer_body"), registers: Array(32).fill(undefined) };
    expect(info.unwind(unknown, memory)).toMatchObject({ end: expect.stringMatching(/canonical/) });
  });

  test("a frame that would be its own caller ends the stack", () => {
    const frame = { pc: at("leaf"), registers: registers({ [RA]: at("leaf") }) };
    expect(info.unwind(frame, memory)).toMatchObject({ end: expect.stringMatching(/own caller/) });
    const bottom = { pc: at("leaf"), registers: registers({ [RA]: 0 }) };
    expect(info.unwind(bottom, memory)).toMatchObject({ isOutermost: true });
  });

  test("code without call frame information has no rules", () => {
    const frame = { pc: at("uncovered"), registers: registers({}) };
    expect(info.unwindRow(at("uncovered"))).toBeUndefined();
    expect(info.unwind(frame, memory)).toBeUndefined();
    expect(info.cfaAt(frame, memory)).toBeUndefined();
  });
});

const recursive = `
int depth(int n) { int here = n * 2; return n <= 0 ? here : depth(n - 1) + here; }
int _start(void) { return depth(3); }
`;

test.each(["-O0", "-O1"])("clang's code at %s has rules for every instruction", (level) => {
  const image = parseElf(compileFixture({ "depth.c": recursive }, "-g", level));
  const info = DebugInfo.fromElf(image);
  for (const name of ["depth", "_start"]) {
    for (const { low, high } of info.functionsNamed(name)[0]!.ranges) {
      for (let pc = low; pc < high; pc += 2) {
        const frame = { pc, registers: registers({ [SP]: 0x8000, [S0]: 0x8020, [RA]: 0x11000 }) };
        expect(info.cfaAt(frame, memoryOf(image, {}))).toBeGreaterThanOrEqual(0x8000);
      }
    }
  }
});

test("the callee's frame in the middle of a stack feeds the next step", () => {
  const image = parseElf(compileFixture({ "depth.c": recursive }, "-g", "-O0"));
  const info = DebugInfo.fromElf(image);
  const depth = info.functionsNamed("depth")[0]!;
  const start = info.functionsNamed("_start")[0]!;
  // Two frames of an unoptimised function: s0 points behind each, ra and the older s0 are saved below it.
  const back = depth.ranges[0]!.high - 8;
  const words = { 32764: back, 32760: 0x8040, 32828: start.prologueEndAddress, 32824: 0x9000 };
  const read = memoryOf(image, words);
  const innermost = { pc: depth.prologueEndAddress, registers: registers({ [S0]: 0x8000 }) };
  const first = info.unwind(innermost, read) as CallerFrame;
  const second = info.unwind(first, read) as CallerFrame;
  expect([first.pc, second.pc]).toEqual([back, start.prologueEndAddress]);
  expect([first.cfa, second.cfa]).toEqual([0x8000, 0x8040]);
  expect(second.registers[S0]).toBe(0x9000);
});
