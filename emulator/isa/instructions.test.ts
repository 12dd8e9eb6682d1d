import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decode, operand } from "./decode.ts";
import { encode, type Operands } from "./encode.ts";
import { bits, instructionLength, matches } from "./encoding.ts";
import type { Instruction, OperandName } from "./instruction.ts";
import { INSTRUCTIONS } from "./instructions.ts";

const OPERANDS = ["rd", "rs1", "rs2", "imm"] as const;

/** Whether `word` is an instance of `row`, found without the decoder. */
function isInstance(row: Instruction, word: number): boolean {
  return (
    instructionLength(word) === row.encoding.length &&
    matches(row.encoding, word) &&
    !OPERANDS.some((name) => row.except?.[name]?.includes(operand(row, word, name)))
  );
}

describe("the instruction table", () => {
  test("no two encodings of 32 bits overlap", () => {
    const rows = INSTRUCTIONS.filter(({ encoding }) => encoding.length === 4);
    for (const [index, a] of rows.entries()) {
      for (const b of rows.slice(index + 1)) {
        const common = a.encoding.mask & b.encoding.mask;
        const differ = ((a.encoding.match ^ b.encoding.match) & common) !== 0;
        expect(differ, `${a.mnemonic} and ${b.mnemonic}`).toBe(true);
      }
    }
  });

  test("each of the 49152 compressed words is an instance of one row at most, and the decoder finds it", () => {
    const rows = INSTRUCTIONS.filter(({ encoding }) => encoding.length === 2);
    for (let word = 0; word < 0x10000; word++) {
      if (instructionLength(word) === 4) continue;
      const found = rows.filter((row) => isInstance(row, word));
      if (found.length > 1)
        expect.fail(`0x${word.toString(16)} is ${found.map((row) => row.mnemonic)}`);
      if (decode(word) !== found[0])
        expect.fail(`0x${word.toString(16)} isn't decoded as ${found[0]?.mnemonic}`);
    }
  });

  test("fixed bits and operand fields of an encoding don't overlap", () => {
    for (const row of INSTRUCTIONS) {
      for (const name of OPERANDS) {
        const field = row.format[name];
        if (field === undefined) continue;
        // Whatever the operand bits hold, encoding what is decoded from them touches no fixed bit.
        for (const word of [0, -1, 0x55555555, 0x33333333]) {
          const encoded = field.encode(field.decode(word)) ?? 0;
          expect(encoded & row.encoding.mask, `${row.mnemonic} ${name}`).toBe(0);
        }
      }
    }
  });

  test("each row says what it does and where the manual says so", () => {
    for (const row of INSTRUCTIONS) {
      expect(row.meaning, row.mnemonic).not.toBe("");
      expect(row.section, row.mnemonic).toMatch(
        /^(Unpriv (§\d+\.\d+|ch\. \d+)|N 1\.1|Bitmanip 1\.0, )/,
      );
    }
  });

  test("decoding what was encoded gives the same row and operands", () => {
    fc.assert(
      fc.property(fc.constantFrom(...INSTRUCTIONS), fc.nat(0xffffffff), (row, random) => {
        // Operands that the fields can hold: those of a random instance.
        const instance = (random & ~row.encoding.mask) | row.encoding.match;
        fc.pre(isInstance(row, instance));
        const operands: Operands = {};
        for (const name of OPERANDS) {
          if (row.format[name]) operands[name as OperandName] = operand(row, instance, name);
        }
        const word = encode(row, operands);
        if (typeof word === "string") throw new Error(word);
        expect(decode(word)).toBe(row);
        for (const name of OPERANDS)
          expect(operand(row, word, name)).toBe(operand(row, instance, name));
      }),
      { numRuns: 3000 },
    );
  });

  test("a random word decodes to a row of which it is an instance, or to none", () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), (word) => {
        const row = decode(word);
        if (row)
          expect(isInstance(row, row.encoding.length === 4 ? word : word & 0xffff)).toBe(true);
      }),
    );
  });
});

describe("an operand that a field can't hold is refused with a sentence", () => {
  test.each`
    mnemonic        | operands                      | sentence
    ${"addi"}       | ${{ imm: 2048 }}              | ${"addi takes -2048 to 2047, not 2048"}
    ${"beq"}        | ${{ imm: 3 }}                 | ${"beq reaches -4096 to 4094, in steps of 2, not 3"}
    ${"c.lw"}       | ${{ rd: 8, rs1: 16, imm: 0 }} | ${"c.lw cannot have x16 as rs1"}
    ${"c.addi"}     | ${{ rd: 0, imm: 1 }}          | ${"c.addi cannot have x0 as rd"}
    ${"c.addi4spn"} | ${{ rd: 8, rs1: 2, imm: 0 }}  | ${"c.addi4spn cannot have 0"}
    ${"c.addi16sp"} | ${{ rd: 3, imm: 16 }}         | ${"c.addi16sp cannot have x3 as rd"}
  `("$mnemonic with $operands: $sentence", ({ mnemonic, operands, sentence }) => {
    const row = INSTRUCTIONS.find((candidate) => candidate.mnemonic === mnemonic)!;
    expect(encode(row, operands)).toBe(sentence);
  });
});

test.each`
  pattern                                   | because
  ${"0000000 ..... ..... 000 ..... 011001"} | ${"it has 31 digits"}
  ${"000 . 00000 ..... 0x"}                 | ${"x is no digit"}
`("bits refuses '$pattern': $because", ({ pattern }) => {
  expect(() => bits(pattern)).toThrow();
});
