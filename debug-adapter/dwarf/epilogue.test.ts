import { expect, test } from "vitest";
import { parseElf } from "#emulator";
import { compileFixture } from "../testing/compile-fixture.ts";
import { epilogueAt } from "./epilogue.ts";

const rows = [
  ["ret", 0, {}],
  ["addi sp, sp, 16; ret", 16, {}],
  ["addi sp, sp, 2032; ret", 2032, {}],
  ["addi sp, sp, 496; ret", 496, {}],
  ["lw ra, 12(sp); lw s0, 8(sp); addi sp, sp, 16; ret", 16, { 1: 12, 8: 8 }],
  ["lw ra, 252(sp); lw s11, 204(sp); addi sp, sp, 256; ret", 256, { 1: 252, 27: 204 }],
  ["lw ra, 1036(sp); addi sp, sp, 1040; ret", 1040, { 1: 1036 }],
  ["addi sp, sp, 1024; lw s1, 4(sp); addi sp, sp, 16; ret", 1040, { 9: 1028 }],
  ["mv a0, s1; lw s1, 4(sp); li a1, 0; addi sp, sp, 16; ret", 16, { 9: 4 }],
  ["lw ra, 12(sp); addi sp, sp, 16; j elsewhere", 16, { 1: 12 }],
] as const;

const others = [
  ["j 1f; 1: ret"],
  ["addi sp, sp, -16; ret"],
  ["lw s0, 8(a0); addi sp, sp, 16; ret"],
  ["sw ra, 12(sp); ret"],
  ["call elsewhere; ret"],
  ["mv s0, a0; ret"],
  ["beqz a0, 1f; 1: ret"],
  ["addi sp, s0, -16; ret"],
  ["jr a5"],
];

const all = [...rows.map(([code]) => code), ...others.map(([code]) => code)];

function functionOf(mode: string) {
  const source = `.option ${mode}\n${all
    .map((code, index) => `.globl f${index}\nf${index}: ${code}\n.globl e${index}\ne${index}:`)
    .join("\n")}\n.globl elsewhere\nelsewhere: nop\n.globl _start\n_start: nop\n`;
  const image = parseElf(compileFixture({ "epilogues.S": source }, "-Wl,--no-gc-sections"));
  const code = image.segments.find(({ executable }) => executable)!;
  const read = (address: number, size: number) => {
    const start = address - code.virtualAddress;
    return start < 0 || start + size > code.bytes.length
      ? undefined
      : code.bytes.subarray(start, start + size);
  };
  return (text: string) => {
    const index = all.indexOf(text as (typeof all)[number]);
    const [low, high] = [`f${index}`, `e${index}`].map((name) => image.symbol(name)!.value);
    return epilogueAt(low!, low!, high!, read);
  };
}

const modes = { compressed: functionOf("rvc"), uncompressed: functionOf("norvc") };

test.each(rows)("'%s' releases %i bytes", (code, spOffset, loads) => {
  for (const epilogue of Object.values(modes)) {
    const found = epilogue(code)!;
    expect(found.spOffset).toBe(spOffset);
    expect(Object.fromEntries(found.loads)).toEqual(loads);
  }
});

test.each(others)("'%s' is no epilogue", (code) => {
  for (const epilogue of Object.values(modes)) expect(epilogue(code)).toBeUndefined();
});

test("unreadable code is no epilogue", () => {
  expect(epilogueAt(0x1000, 0x1000, 0x2000, () => undefined)).toBeUndefined();
});
