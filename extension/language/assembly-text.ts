/** What a reader of RISC-V assembly is told of an instruction, a pseudo-instruction, a register or a CSR: from the machine's own tables. */
import {
  CSR_ROWS,
  INSTRUCTIONS,
  type Instruction,
  PSEUDO_INSTRUCTIONS,
  REGISTER_NAMES,
  registerIndex,
} from "#emulator";

/** Those whose expansion depends on what they are given (Unpriv ch. 25, Table 25.2). */
const LONG_PSEUDO: Readonly<
  Record<string, { readonly operands: string; readonly expands: string }>
> = {
  li: {
    operands: "$1, imm",
    expands:
      "`addi $1, zero, imm` where imm has 12 bits; else `lui $1, imm[31:12]` and, unless the low part is 0, `addi $1, $1, imm[11:0]`",
  },
  la: {
    operands: "$1, symbol",
    expands: "`auipc $1, symbol[31:12]` and `addi $1, $1, symbol[11:0]`, relative to pc",
  },
  lla: {
    operands: "$1, symbol",
    expands: "`auipc $1, symbol[31:12]` and `addi $1, $1, symbol[11:0]`, relative to pc",
  },
  call: {
    operands: "symbol",
    expands: "`auipc ra, symbol[31:12]` and `jalr ra, symbol[11:0](ra)`",
  },
  tail: {
    operands: "symbol",
    expands: "`auipc t1, symbol[31:12]` and `jalr zero, symbol[11:0](t1)`",
  },
};

const EXTENSIONS: Readonly<Record<Instruction["extension"], string>> = {
  I: "RV32I",
  M: "M, multiplication and division",
  A: "A, atomic instructions",
  F: "F, single-precision floating point",
  D: "D, double-precision floating point",
  C: "C, compressed instructions",
  Zba: "Zba, address generation (of B, bit manipulation)",
  Zbb: "Zbb, basic bit manipulation (of B)",
  Zicsr: "Zicsr",
  Zifencei: "Zifencei",
  N: "N, user-level interrupts (withdrawn)",
};

/** Every mnemonic once, pseudo-instructions too. */
export const MNEMONICS: readonly string[] = [
  ...new Set([
    ...INSTRUCTIONS.map(({ mnemonic }) => mnemonic),
    ...Object.keys(PSEUDO_INSTRUCTIONS).map((key) => key.split("/")[0] ?? ""),
    ...Object.keys(LONG_PSEUDO),
  ]),
].sort();

/** `operands` is how many stand there: a mnemonic may be an instruction with two and a pseudo-instruction with one. */
export function mnemonicText(mnemonic: string, operands?: number): string | undefined {
  const plain = mnemonic.replace(/\.(?:aq|rl|aqrl)$/, "");
  const rows = INSTRUCTIONS.filter((row) => row.mnemonic === plain);
  const pseudo = Object.entries(PSEUDO_INSTRUCTIONS).filter(
    ([key]) => key.split("/")[0] === mnemonic,
  );
  const long = LONG_PSEUDO[mnemonic];
  const parts = [
    ...rows.filter((row) => fits(row, operands)).map(instructionText),
    ...pseudo
      .filter(([key]) => operands === undefined || key.endsWith(`/${operands}`))
      .map(pseudoText),
    ...(long === undefined
      ? []
      : [
          `**\`${mnemonic} ${long.operands}\`** is a pseudo-instruction. It expands to ${long.expands}.`,
        ]),
  ];
  if (parts.length === 0) {
    // Another number of operands than any has: all that there are, so that the mistake shows.
    return operands === undefined ? undefined : mnemonicText(mnemonic);
  }
  return parts.join("\n\n---\n\n");
}

function fits({ format }: Instruction, operands: number | undefined): boolean {
  if (operands === undefined) return true;
  return (format.syntax === "" ? 0 : format.syntax.split(",").length) === operands;
}

function instructionText(row: Instruction): string {
  const { mnemonic, format, meaning, section, extension, expandsTo } = row;
  const lines = [
    `**\`${`${mnemonic} ${format.syntax}`.trim()}\`**`,
    meaning,
    ...(expandsTo === undefined ? [] : [`Abbreviates \`${expandsTo}\`.`]),
    `\`\`\`text\n${encodingText(row)}\n\`\`\``,
    operandsText(row),
    `${section}, ${EXTENSIONS[extension]}`,
  ];
  return lines.filter((line) => line !== "").join("\n\n");
}

/** The fixed bits at their values, a dot for each bit of an operand, in groups as the manual has them. */
export function encodingText({ encoding }: Instruction): string {
  const width = encoding.length * 8;
  const digits = Array.from({ length: width }, (_, index) => {
    const bit = width - 1 - index;
    if (((encoding.mask >>> bit) & 1) === 0) return ".";
    return String((encoding.match >>> bit) & 1);
  }).join("");
  const groups =
    width === 32 ? /^(.{7})(.{5})(.{5})(.{3})(.{5})(.{7})$/ : /^(.{3})(.)(.{5})(.{5})(.{2})$/;
  return (groups.exec(digits) ?? [digits, digits]).slice(1).join(" ");
}

function operandsText({ format }: Instruction): string {
  const names = ["rd", "rs1", "rs2"].filter((name) =>
    new RegExp(`\\b${name}\\b`).test(format.syntax),
  );
  const { imm } = format;
  const hasNumber = /\b(?:imm|target|upper)\b/.test(format.syntax);
  return [
    ...(names.length === 0 ? [] : [`Registers: ${names.join(", ")}.`]),
    ...(imm === undefined || !hasNumber
      ? []
      : [
          `Immediate: ${imm.min} to ${imm.max}${imm.step === 1 ? "" : `, multiples of ${imm.step}`}.`,
        ]),
  ].join(" ");
}

function pseudoText([key, expansion]: [string, string]): string {
  const [mnemonic = "", count = "0"] = key.split("/");
  const operands = Array.from({ length: Number(count) }, (_, index) => `$${index + 1}`).join(", ");
  const base = INSTRUCTIONS.find((row) => row.mnemonic === expansion.split(" ")[0]);
  return [
    `**\`${`${mnemonic} ${operands}`.trim()}\`** is a pseudo-instruction. It expands to \`${expansion}\`.`,
    ...(base === undefined ? [] : [`\`${base.mnemonic}\`: ${base.meaning} (${base.section})`]),
  ].join("\n\n");
}

export function csrText(name: string): string | undefined {
  const row = CSR_ROWS.find((each) => each.name === name);
  if (row === undefined) return undefined;
  const isReadOnly = (row.guestWritable ?? row.writable) === 0;
  return `**CSR \`${row.name}\`** (0x${row.number.toString(16).padStart(3, "0")}): ${row.meaning}.${isReadOnly ? " A program only reads it." : ""}`;
}

/** psABI, Register Convention: what each register is for. */
export function registerText(name: string): string | undefined {
  const index = registerIndex(name);
  if (index === undefined) return undefined;
  const abi = REGISTER_NAMES[index] ?? name;
  return `**\`${abi}\`** (x${index}): ${purpose(abi)}.`;
}

function purpose(name: string): string {
  switch (name) {
    case "zero":
      return "reads 0, keeps nothing";
    case "ra":
      return "return address; the caller saves it";
    case "sp":
      return "stack pointer; the callee preserves it";
    case "gp":
      return "global pointer; not changed by functions";
    case "tp":
      return "thread pointer; not changed by functions";
    case "s0":
      return "saved register, and frame pointer (fp); the callee preserves it";
    case "a7":
      return "argument; number of a kernel call; the caller saves it";
  }
  if (name.startsWith("a")) {
    const index = Number(name.slice(1));
    return `argument ${index}${index < 2 ? " and result" : ""}; the caller saves it`;
  }
  return name.startsWith("s")
    ? "saved register; the callee preserves it"
    : "temporary; the caller saves it";
}

export const CSR_NAMES: readonly string[] = CSR_ROWS.map(({ name }) => name);
