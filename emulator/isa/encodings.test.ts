import { expect, test } from "vitest";
import { assemble } from "./assembler.ts";
import { decode, operand } from "./decode.ts";
import { disassemble } from "./disassembler.ts";
import { encode } from "./encode.ts";
import { ENCODINGS } from "./encodings.ts";
import { INSTRUCTIONS } from "./instructions.ts";

const ORIGIN = 0x10000;
const NAMES = ["rd", "rs1", "rs2", "imm"] as const;

const rows = ENCODINGS.trim()
  .split("\n")
  .map((line) => {
    const [text = "", digits = "", list = ""] = line.split("|").map((part) => part.trim());
    const operands = Object.fromEntries(
      list
        .split(" ")
        .filter(Boolean)
        .map((part) => part.split("="))
        .map(([name, value]) => [name, Number(value)]),
    );
    return { text, digits, operands };
  });

test.each(rows)("$text is $digits", ({ text, digits, operands }) => {
  const word = Number.parseInt(digits, 16);
  const length = digits.length / 2;
  const mnemonic = text.split(" ")[0].replace(/\.(aq|rl|aqrl)$/, "");
  const { bytes } = assemble(text, { origin: ORIGIN });
  expect(bytes.length).toBe(length);
  expect(Buffer.from(bytes).reverse().toString("hex")).toBe(digits);

  const row = decode(word)!;
  expect(row.mnemonic).toBe(mnemonic);
  for (const name of NAMES) {
    expect(row.format[name] === undefined, name).toBe(operands[name] === undefined);
    if (operands[name] !== undefined) expect(operand(row, word, name), name).toBe(operands[name]);
  }
  expect(encode(row, operands)).toBe(word);
  expect(disassemble(word, ORIGIN)).toMatchObject({ text, length });
  // What follows a compressed one is not part of it.
  if (length === 2) expect(decode(word | 0xabcd0000)).toBe(row);
});

test("every row of the instruction table is here, three times if it has operands", () => {
  const few = INSTRUCTIONS.filter((row) => {
    const count = rows.filter(({ digits }) => decode(Number.parseInt(digits, 16)) === row).length;
    return count < (row.format.syntax === "" ? 1 : 3);
  });
  expect(few.map(({ mnemonic }) => mnemonic)).toEqual([]);
});
