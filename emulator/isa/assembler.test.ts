import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CODE, guest } from "../testing/guest.ts";
import { assemble } from "./assembler.ts";
import { decode } from "./decode.ts";
import { disassemble } from "./disassembler.ts";
import { INSTRUCTIONS } from "./instructions.ts";

const ORIGIN = 0x10000;

/** What `source` assembles to, one line of disassembly per instruction. */
function listing(source: string, symbols: Record<string, number> = {}): string[] {
  const { bytes } = assemble(source, { origin: ORIGIN, symbols });
  const padded = new DataView(new Uint8Array([...bytes, 0, 0]).buffer);
  const lines: string[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const { text, length } = disassemble(padded.getUint32(offset, true), ORIGIN + offset);
    lines.push(text);
    offset += length;
  }
  return lines;
}

describe("pseudo-instructions stand for what the manual says (Unpriv ch. 25)", () => {
  test.each`
    source                | instructions
    ${"nop"}              | ${["addi zero, zero, 0"]}
    ${"mv a0, a1"}        | ${["addi a0, a1, 0"]}
    ${"not a0, a1"}       | ${["xori a0, a1, -1"]}
    ${"neg a0, a1"}       | ${["sub a0, zero, a1"]}
    ${"seqz a0, a1"}      | ${["sltiu a0, a1, 1"]}
    ${"snez a0, a1"}      | ${["sltu a0, zero, a1"]}
    ${"sltz a0, a1"}      | ${["slt a0, a1, zero"]}
    ${"sgtz a0, a1"}      | ${["slt a0, zero, a1"]}
    ${"beqz a0, ."}       | ${["beq a0, zero, 0x10000"]}
    ${"bnez a0, .+8"}     | ${["bne a0, zero, 0x10008"]}
    ${"blez a0, ."}       | ${["bge zero, a0, 0x10000"]}
    ${"bgez a0, ."}       | ${["bge a0, zero, 0x10000"]}
    ${"bltz a0, ."}       | ${["blt a0, zero, 0x10000"]}
    ${"bgtz a0, ."}       | ${["blt zero, a0, 0x10000"]}
    ${"bgt a0, a1, ."}    | ${["blt a1, a0, 0x10000"]}
    ${"ble a0, a1, ."}    | ${["bge a1, a0, 0x10000"]}
    ${"bgtu a0, a1, ."}   | ${["bltu a1, a0, 0x10000"]}
    ${"bleu a0, a1, ."}   | ${["bgeu a1, a0, 0x10000"]}
    ${"j .-4"}            | ${["jal zero, 0xfffc"]}
    ${"jal ."}            | ${["jal ra, 0x10000"]}
    ${"jal t0, ."}        | ${["jal t0, 0x10000"]}
    ${"jr a0"}            | ${["jalr zero, 0(a0)"]}
    ${"jalr a0"}          | ${["jalr ra, 0(a0)"]}
    ${"jalr t0, a0"}      | ${["jalr t0, 0(a0)"]}
    ${"jalr t0, 4(a0)"}   | ${["jalr t0, 4(a0)"]}
    ${"jalr t0, a0, 4"}   | ${["jalr t0, 4(a0)"]}
    ${"ret"}              | ${["jalr zero, 0(ra)"]}
    ${"csrr a0, uepc"}    | ${["csrrs a0, uepc, zero"]}
    ${"csrw uepc, a0"}    | ${["csrrw zero, uepc, a0"]}
    ${"csrs ustatus, a0"} | ${["csrrs zero, ustatus, a0"]}
    ${"csrc ustatus, a0"} | ${["csrrc zero, ustatus, a0"]}
    ${"csrwi utval, 3"}   | ${["csrrwi zero, utval, 3"]}
    ${"csrsi ustatus, 1"} | ${["csrrsi zero, ustatus, 1"]}
    ${"csrci ustatus, 1"} | ${["csrrci zero, ustatus, 1"]}
    ${"csrr a0, 0x345"}   | ${["csrrs a0, 0x345, zero"]}
    ${"rdcycle a0"}       | ${["csrrs a0, cycle, zero"]}
    ${"rdinstreth a0"}    | ${["csrrs a0, instreth, zero"]}
    ${"fence"}            | ${["fence iorw, iorw"]}
    ${"fence rw, w"}      | ${["fence rw, w"]}
    ${"unimp"}            | ${["csrrw zero, cycle, zero"]}
    ${"add a0, a0, -5"}   | ${["addi a0, a0, -5"]}
    ${"sll a0, a0, 3"}    | ${["slli a0, a0, 3"]}
    ${"uret"}             | ${["uret"]}
  `("$source: $instructions", ({ source, instructions }) => {
    expect(listing(source)).toEqual(instructions);
  });
});

describe("li takes one instruction where one is enough", () => {
  test.each`
    value             | instructions
    ${"0"}            | ${["addi a0, zero, 0"]}
    ${"-2048"}        | ${["addi a0, zero, -2048"]}
    ${"2047"}         | ${["addi a0, zero, 2047"]}
    ${"0xffffffff"}   | ${["addi a0, zero, -1"]}
    ${"0x80000000"}   | ${["lui a0, 0x80000"]}
    ${"-4096"}        | ${["lui a0, 0xfffff"]}
    ${"2048"}         | ${["lui a0, 0x1", "addi a0, a0, -2048"]}
    ${"0xfffff7ff"}   | ${["lui a0, 0xfffff", "addi a0, a0, 2047"]}
    ${"0x7fffffff"}   | ${["lui a0, 0x80000", "addi a0, a0, -1"]}
    ${"'a'"}          | ${["addi a0, zero, 97"]}
    ${"later - here"} | ${["addi a0, zero, 4"]}
  `("li a0, $value", ({ value, instructions }) => {
    expect(listing(`here: li a0, ${value}; later:`)).toEqual(instructions);
  });

  test("and gives the register the value, whatever that is", () => {
    fc.assert(
      fc.property(fc.integer(), (value) => {
        const { machine } = guest(`li a0, ${value}; la a1, ${value}; ecall`);
        machine.run(10);
        expect([machine.hart.x(10) | 0, machine.hart.x(11) | 0]).toEqual([value, value]);
      }),
      { numRuns: 50 },
    );
  });

  test("and may depend on a label behind it that depends on its own length", () => {
    expect(listing("li a0, end - 0x10000 + 2043; end:")).toEqual(["addi a0, zero, 2047"]);
    expect(listing("li a0, end - 0x10000 + 2044; end:")).toEqual([
      "lui a0, 0x1",
      "addi a0, a0, -2044",
    ]);
  });
});

describe("calls", () => {
  test.each`
    source                | instructions                                                      | because
    ${"call near; near:"} | ${["jal ra, 0x10004"]}                                            | ${"jal reaches"}
    ${"tail near; near:"} | ${["jal zero, 0x10004"]}                                          | ${"jal reaches"}
    ${"call FAR"}         | ${["auipc ra, 0x40000", "jalr ra, -4(ra)"]}                       | ${"jal doesn't reach"}
    ${"tail FAR"}         | ${["auipc t1, 0x40000", "jalr zero, -4(t1)"]}                     | ${"jal doesn't reach"}
    ${"nop; la a0, FAR"}  | ${["addi zero, zero, 0", "auipc a0, 0x40000", "addi a0, a0, -8"]} | ${"it is relative to pc"}
  `("$source: $because", ({ source, instructions }) => {
    expect(listing(source, { FAR: 0x4000fffc })).toEqual(instructions);
  });
});

describe("labels and symbols", () => {
  test("a numeric label is the nearest one of its name in the direction that is asked for", () => {
    expect(listing("1: j 1f; 1: j 1b; j 1f; 2: 1: j 2b")).toEqual([
      "jal zero, 0x10004",
      "jal zero, 0x10004",
      "jal zero, 0x1000c",
      "jal zero, 0x1000c",
    ]);
  });

  test("0b without digits is the label 0 backwards, as for GNU, and 0b1 a number", () => {
    expect(listing("0: nop; j 0b; li a0, 0b1")).toEqual([
      "addi zero, zero, 0",
      "jal zero, 0x10000",
      "addi a0, zero, 1",
    ]);
  });

  test("labels, .equ names and given symbols are known everywhere in the source", () => {
    const { symbols } = assemble(
      "j end; .equ size, end - start; start: .word size, GIVEN + 1; end:",
      {
        symbols: { GIVEN: 7 },
      },
    );
    expect(Object.fromEntries(symbols)).toEqual({ size: 8, start: 4, end: 12 });
  });

  test("a name may be set again, and has from there on its new value", () => {
    const { bytes } = assemble("n = 1; .byte n; .set n, n + 1; .byte n; n = n * 10; .byte n");
    expect([...bytes]).toEqual([1, 2, 20]);
  });

  test("%hi and %lo are parts that add up", () => {
    expect(listing("lui a0, %hi(there); lw a0, %lo(there + 4)(a0)", { there: 0x12345ffe })).toEqual(
      ["lui a0, 0x12346", "lw a0, 2(a0)"],
    );
  });

  test("lines tell where each address came from", () => {
    const { lines } = assemble("nop\n\n# nothing\nli a0, 0x12345; nop\nend:", { origin: 0x100 });
    expect(lines).toEqual([
      { address: 0x100, line: 1 },
      { address: 0x104, line: 4 },
      { address: 0x10c, line: 4 },
    ]);
  });
});

describe("directives", () => {
  test.each`
    source                               | bytes
    ${".word 1, -1, 0xdeadbeef"}         | ${[1, 0, 0, 0, 255, 255, 255, 255, 0xef, 0xbe, 0xad, 0xde]}
    ${".half 0x1234, -2"}                | ${[0x34, 0x12, 0xfe, 0xff]}
    ${".byte 255, -128, 'z', '\\n'"}     | ${[255, 128, 122, 10]}
    ${'.ascii "a,;#", "//"'}             | ${[97, 44, 59, 35, 47, 47]}
    ${'.asciz "\\"\\\\\\t\\0\\x7fé"'}    | ${[34, 92, 9, 0, 127, 0xc3, 0xa9, 0]}
    ${".byte ',', ';', '#', '\\''"}      | ${[44, 59, 35, 39]}
    ${".space 3; .byte 1; .zero 1"}      | ${[0, 0, 0, 1, 0]}
    ${".space 2, 0xff"}                  | ${[255, 255]}
    ${".byte 1; .balign 4; .byte 2"}     | ${[1, 0, 1, 0, 2]}
    ${".half 1; .align 3; .byte 2"}      | ${[1, 0, 1, 0, 0x13, 0, 0, 0, 2]}
    ${".align 2"}                        | ${[]}
    ${".globl main; .text; .section .x"} | ${[]}
  `("$source", ({ source, bytes }) => {
    expect([...assemble(source).bytes]).toEqual(bytes);
  });

  test(".align fills with instructions that do nothing, so that control may pass", () => {
    expect(listing("c.nop; .align 4; ecall")).toEqual([
      "c.nop",
      "c.nop",
      "addi zero, zero, 0",
      "addi zero, zero, 0",
      "addi zero, zero, 0",
      "ecall",
    ]);
  });
});

describe("expressions are those of C", () => {
  test.each`
    text                    | value
    ${"1 + 2 * 3"}          | ${7}
    ${"(1 + 2) * 3"}        | ${9}
    ${"1 << 4 | 3 & 2 ^ 1"} | ${19}
    ${"-5 / 2 - -1"}        | ${-1}
    ${"17 % 5"}             | ${2}
    ${"~0x0f & 0xff"}       | ${0xf0}
    ${"0b101"}              | ${5}
    ${"10 - 3 - 2"}         | ${5}
    ${"1 << 31 >> 31"}      | ${-1}
    ${"'a' + 1"}            | ${98}
    ${". + 8"}              | ${8}
  `("$text = $value", ({ text, value }) => {
    expect(new DataView(assemble(`.word ${text}`).bytes.buffer).getInt32(0, true)).toBe(value);
  });
});

describe("an error names its line and says what is wrong", () => {
  test.each`
    source                   | message
    ${"nop\nfrob a0"}        | ${"line 2: 'frob' is no instruction that is known here"}
    ${"add a0, a1"}          | ${"line 1: add takes 3 operands (rd, rs1, rs2), not 2"}
    ${"mv a0"}               | ${"line 1: 'mv' doesn't take 1 operands"}
    ${"addi a0, a1, 5000"}   | ${"line 1: addi takes -2048 to 2047, not 5000"}
    ${"add a0, a1, 5000"}    | ${"line 1: addi takes -2048 to 2047, not 5000"}
    ${"addi a0, q1, 5"}      | ${"line 1: 'q1' is no register"}
    ${"lw a0, 4"}            | ${"line 1: '4' is no address in a register"}
    ${"lr.w a0, 4(a1)"}      | ${"line 1: '4(a1)' cannot have an offset here"}
    ${"beq a0, a1, 0x20000"} | ${"line 1: beq reaches -4096 to 4094, in steps of 2, not 131072"}
    ${"j nowhere"}           | ${"line 1: 'nowhere' is not defined"}
    ${"j 1f"}                | ${"line 1: '1f' is not defined"}
    ${"a:\na:"}              | ${"line 2: 'a' is defined twice"}
    ${"lui a0, 0x100000"}    | ${"line 1: 1048576 is not from 0 to 0xfffff"}
    ${"csrwi ustatus, 32"}   | ${"line 1: 32 is not from 0 to 31"}
    ${"li a0, 0x100000000"}  | ${"line 1: 4294967296 is no word"}
    ${"li a0"}               | ${"line 1: '' lacks a value"}
    ${"la q, 5"}             | ${"line 1: 'q' is no register"}
    ${".byte 256"}           | ${"line 1: 256 doesn't fit in a byte"}
    ${".half -32769"}        | ${"line 1: -32769 doesn't fit in 2 bytes"}
    ${".word 1 +"}           | ${"line 1: '1 +' lacks a value"}
    ${".word (1"}            | ${"line 1: '(1' lacks a closing parenthesis"}
    ${".word 1 2"}           | ${"line 1: '1 2' goes on with '2'"}
    ${".word 1 / 0"}         | ${"line 1: '1 / 0' divides by zero"}
    ${".word @"}             | ${"line 1: '@' is not understood from '@' on"}
    ${".word %hi 5"}         | ${"line 1: '%hi' is followed by a parenthesis"}
    ${".frob 1"}             | ${"line 1: '.frob' is no directive that is known here"}
    ${".space -1"}           | ${"line 1: '-1' is no number of bytes"}
    ${".asciz hello"}        | ${"line 1: hello is no string"}
    ${"c.addi zero, 1"}      | ${"line 1: c.addi cannot have x0 as rd"}
    ${"c.lw a0, 3(a1)"}      | ${"line 1: c.lw takes 0 to 124, in steps of 4, not 3"}
    ${"fence x, y"}          | ${"line 1: 'x' is no set of i, o, r and w"}
    ${"5 = 3"}               | ${"line 1: '5' is no instruction that is known here"}
    ${".equ 5, 3"}           | ${"line 1: '5' is no name"}
  `("$source: $message", ({ source, message }) => {
    expect(() => assemble(source)).toThrow(message);
  });
});

describe("disassembling", () => {
  test("gives what assembles to the same bits, for every row and any operands", () => {
    fc.assert(
      fc.property(fc.constantFrom(...INSTRUCTIONS), fc.nat(0xffffffff), (row, random) => {
        const instance = ((random & ~row.encoding.mask) | row.encoding.match) >>> 0;
        fc.pre(decode(instance) === row);
        // The reserved fields of fences are not written, so they don't come back.
        fc.pre(!row.mnemonic.startsWith("fence"));
        const { text, length } = disassemble(instance, CODE);
        const { bytes } = assemble(text, { origin: CODE });
        const word = bytes.reduce((sum, byte, index) => sum + byte * 2 ** (8 * index), 0);
        expect(bytes.length, text).toBe(length);
        expect(word, text).toBe(length === 4 ? instance : instance & 0xffff);
      }),
      { numRuns: 3000 },
    );
  });

  test("gives data where there is no instruction, which assembles to the same bits", () => {
    expect(disassemble(0xffffffff, 0)).toEqual({
      length: 4,
      mnemonic: ".word",
      operands: "0xffffffff",
      text: ".word 0xffffffff",
    });
    expect(disassemble(0x12340000, 0)).toMatchObject({ length: 2, text: ".half 0x0" });
  });

  test("names registers as the ABI does, CSRs and targets", () => {
    const symbolOf = (address: number) => (address === 0x10010 ? "loop+0x8" : undefined);
    expect(disassemble(0x00200073, 0).text).toBe("uret");
    expect(disassemble(0x04102573, 0).text).toBe("csrrs a0, uepc, zero");
    expect(disassemble(0x00000863, 0x10000, symbolOf).text).toBe(
      "beq zero, zero, 0x10010 <loop+0x8>",
    );
    expect(disassemble(0x00000863, 0x20000, symbolOf).text).toBe("beq zero, zero, 0x20010");
    expect(disassemble(0x0330000f, 0).text).toBe("fence rw, rw");
    expect(disassemble(0x0000000f, 0).text).toBe("fence 0, 0");
    expect(disassemble(0x16b5262f, 0)).toMatchObject({ mnemonic: ".word" });
    expect(disassemble(0x06b5262f, 0).text).toBe("amoadd.w.aqrl a2, a1, (a0)");
  });

  test("of a compressed word looks at its low half only", () => {
    expect(disassemble(0xffff4505, 0)).toMatchObject({ length: 2, text: "c.li a0, 1" });
  });
});
