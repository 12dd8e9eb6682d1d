import type { Instruction, OperandName } from "./instruction.ts";

export type Operands = Partial<Record<OperandName, number>>;

/**
 * The bits of the instance of `row` with these operands, or a sentence that says which of them can't be. An operand that
 * isn't given takes no bits: it is implied, or is the same field as another.
 */
export function encode(row: Instruction, operands: Operands): number | string {
  let word = row.encoding.match;
  for (const name of ["rd", "rs1", "rs2", "imm"] as const) {
    const value = operands[name];
    const field = row.format[name];
    if (value === undefined) continue;
    const bits = field?.encode(value);
    if (bits === undefined || row.except?.[name]?.includes(value)) return refusal(row, name, value);
    word |= bits;
  }
  // What was left out may still be wrong: c.addi's rs1 is its rd.
  for (const [name, values] of Object.entries(row.except ?? {}) as [OperandName, number[]][]) {
    const value = row.format[name]?.decode(word) ?? 0;
    if (values.includes(value)) return refusal(row, name, value);
  }
  return row.encoding.length === 4 ? word >>> 0 : word & 0xffff;
}

function refusal(row: Instruction, name: OperandName, value: number): string {
  const field = row.format.imm;
  if (name !== "imm") {
    const kind = row.format[name]?.isFloat ? "f" : "x";
    return `${row.mnemonic} cannot have ${kind}${value} as ${name}`;
  }
  if (field === undefined) return `${row.mnemonic} has no immediate`;
  const grain = field.step === 1 ? "" : `, in steps of ${field.step}`;
  const takes = row.format.syntax.endsWith("target") ? "reaches" : "takes";
  return row.except?.imm?.includes(value)
    ? `${row.mnemonic} cannot have ${value}`
    : `${row.mnemonic} ${takes} ${field.min} to ${field.max}${grain}, not ${value}`;
}
