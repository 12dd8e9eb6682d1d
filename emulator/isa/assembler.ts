import { csrNumber } from "../csr.ts";
import { parseLines, type Statement } from "./assembly-line.ts";
import { FENCE_SET, ORDERINGS, ROUNDING_NAMES } from "./disassembler.ts";
import { encode, type Operands } from "./encode.ts";
import { characterCode, evaluate, lowerPart, SYMBOL, upperPart } from "./expression.ts";
import type { Instruction } from "./instruction.ts";
import { INSTRUCTIONS } from "./instructions.ts";
import { PSEUDO_INSTRUCTIONS } from "./pseudo-instructions.ts";
import { floatRegisterIndex, registerIndex } from "./registers.ts";

export interface AssemblyOptions {
  /** The address of the first byte; 0 unless given. */
  readonly origin?: number;
  /** Values of names that the source uses and doesn't define. */
  readonly symbols?: Readonly<Record<string, number>>;
}

export interface Assembly {
  readonly bytes: Uint8Array;
  /** Labels and .equ names of the source, numeric labels excepted. */
  readonly symbols: Map<string, number>;
  /** Which line, counted from 1, each instruction or datum came from, in the order of addresses. */
  readonly lines: readonly { readonly address: number; readonly line: number }[];
}

/** What is wrong with the source, and in which line, counted from 1. */
export class AssemblyError extends Error {
  readonly line: number;

  constructor(line: number, sentence: string) {
    super(`line ${line}: ${sentence}`);
    this.name = "AssemblyError";
    this.line = line;
  }
}

/**
 * Assembles `source` in GNU's manner: labels, numeric labels (`1:`, `1b`, `1f`), the usual directives, the
 * pseudo-instructions of the manual. Nothing is compressed or relaxed behind the writer's back: what is written `addi` takes
 * four bytes, what is written `c.addi` two. A number as a branch's target is an absolute address. Throws AssemblyError.
 */
export function assemble(source: string, options: AssemblyOptions = {}): Assembly {
  return new Assembler(source, options).assemble();
}

/** How often the layout is tried: each time, some `li` or `call` may turn out to need its longer form. */
const LAYOUTS_MAX = 100;

const RD_RA = 1;
const RD_T1 = 6;
/** How far jal reaches (Unpriv §2.5). */
const JAL_REACH = 1 << 20;

interface NumericLabel {
  /** Of its statement. */
  readonly index: number;
  readonly address: number;
}

class Assembler {
  readonly #statements: readonly Statement[];
  readonly #origin: number;
  readonly #given: ReadonlyMap<string, number>;
  /** Names of the source, with the values that the passes so far found. */
  readonly #symbols = new Map<string, number>();
  /** For each numeric label, where it stands: by statement, ascending. */
  #numeric = new Map<string, NumericLabel[]>();
  /** The statements that need their longer form. It only grows, so the layout comes to an end. */
  readonly #long = new Set<Statement>();
  /** In the last pass, names without value and numbers that don't fit are errors; before, they may just not be settled. */
  #isLastPass = false;
  #index = 0;
  #pc = 0;

  constructor(source: string, { origin = 0, symbols = {} }: AssemblyOptions) {
    this.#statements = parseLines(source);
    this.#origin = origin;
    this.#given = new Map(Object.entries(symbols));
  }

  assemble(): Assembly {
    let settled = "";
    for (let round = 0; ; round++) {
      this.#pass((statement) => this.#size(statement));
      const found = JSON.stringify([[...this.#symbols], [...this.#numeric], this.#long.size]);
      if (found === settled) break;
      if (round === LAYOUTS_MAX)
        throw new AssemblyError(1, "sizes depend on each other in a circle");
      settled = found;
    }
    this.#isLastPass = true;
    const bytes: number[] = [];
    const lines: { address: number; line: number }[] = [];
    this.#pass((statement) => {
      const emitted = this.#emit(statement);
      if (emitted.length > 0) lines.push({ address: this.#pc, line: statement.line });
      for (const byte of emitted) bytes.push(byte);
      return emitted.length;
    });
    return { bytes: Uint8Array.from(bytes), symbols: this.#symbols, lines };
  }

  /** Goes through the source once; `advance` says how many bytes a statement takes. */
  #pass(advance: (statement: Statement) => number): void {
    const labelled = new Set<string>();
    const numeric = new Map<string, NumericLabel[]>();
    this.#pc = this.#origin;
    for (const [index, statement] of this.#statements.entries()) {
      this.#index = index;
      try {
        for (const label of statement.labels) {
          if (/^\d/.test(label)) {
            numeric.set(label, [...(numeric.get(label) ?? []), { index, address: this.#pc }]);
          } else {
            if (labelled.has(label)) throw new SyntaxError(`'${label}' is defined twice`);
            labelled.add(label);
            this.#symbols.set(label, this.#pc);
          }
        }
        this.#pc += advance(statement);
      } catch (error) {
        if (error instanceof SyntaxError) throw new AssemblyError(statement.line, error.message);
        throw error;
      }
    }
    this.#numeric = numeric;
  }

  #size(statement: Statement): number {
    const { operation, operands } = statement;
    switch (operation) {
      case "":
        return 0;
      case "li": {
        const value = this.#value(operands[1] ?? "");
        if (value !== undefined && !isShortLi(value)) this.#long.add(statement);
        return this.#long.has(statement) ? 8 : 4;
      }
      case "call":
      case "tail": {
        const target = this.#value(operands[0] ?? "");
        if (target !== undefined && !isNear(target - this.#pc)) this.#long.add(statement);
        return this.#long.has(statement) ? 8 : 4;
      }
      case "la":
        return 8;
      default:
        return operation.startsWith(".")
          ? this.#directive(operation, operands).length
          : this.#instructionSize(operation, operands);
    }
  }

  #emit(statement: Statement): readonly number[] {
    const { operation, operands } = statement;
    const isLong = this.#long.has(statement);
    switch (operation) {
      case "":
        return [];
      case "li": {
        const [rd, value] = [registerOf(operands[0]), this.#defined(operands[1])];
        if (value < -(2 ** 31) || value >= 2 ** 32) throw new SyntaxError(`${value} is no word`);
        return loadImmediate(rd, value | 0, isLong);
      }
      case "la": {
        const [rd, address] = [registerOf(operands[0]), this.#defined(operands[1])];
        return pcRelative("addi", rd, rd, (address - this.#pc) | 0);
      }
      case "call":
      case "tail": {
        const distance = (this.#defined(operands[0]) - this.#pc) | 0;
        const rd = operation === "call" ? RD_RA : 0;
        if (!isLong) return instance("jal", { rd, imm: distance });
        return pcRelative("jalr", rd, operation === "call" ? RD_RA : RD_T1, distance);
      }
      default:
        return operation.startsWith(".")
          ? this.#directive(operation, operands)
          : this.#instruction(operation, operands);
    }
  }

  #directive(name: string, operands: readonly string[]): readonly number[] {
    if (IGNORED_DIRECTIVES.has(name)) return [];
    switch (name) {
      case ".word":
        return operands.flatMap((text) => this.#datum(text, 4));
      case ".half":
        return operands.flatMap((text) => this.#datum(text, 2));
      case ".byte":
        return operands.flatMap((text) => this.#datum(text, 1));
      case ".ascii":
        return operands.flatMap(stringBytes);
      case ".asciz":
      case ".string":
        return operands.flatMap((text) => [...stringBytes(text), 0]);
      case ".space":
      case ".skip":
      case ".zero":
        return new Array(this.#count(operands[0])).fill(this.#value(operands[1] ?? "0") ?? 0);
      case ".align":
      case ".p2align":
        return this.#padding(2 ** this.#count(operands[0]));
      case ".balign":
        return this.#padding(this.#count(operands[0]));
      case ".equ":
      case ".set": {
        const [symbol = "", text = ""] = operands;
        if (!SYMBOL.test(symbol)) throw new SyntaxError(`'${symbol}' is no name`);
        const value = this.#value(text);
        if (value !== undefined) this.#symbols.set(symbol, value);
        return [];
      }
      default:
        throw new SyntaxError(`'${name}' is no directive that is known here`);
    }
  }

  #datum(text: string, size: 1 | 2 | 4): number[] {
    const value = this.#value(text) ?? 0;
    if (this.#isLastPass && (value < -(2 ** (size * 8 - 1)) || value >= 2 ** (size * 8))) {
      throw new SyntaxError(`${value} doesn't fit in ${size === 1 ? "a byte" : `${size} bytes`}`);
    }
    return littleEndian(value, size);
  }

  /** A number of bytes, which the layout needs at once. */
  #count(text: string | undefined): number {
    const value = this.#value(text ?? "");
    if (value === undefined && !this.#isLastPass) return 0;
    if (value === undefined || value < 0 || value > 1 << 26) {
      throw new SyntaxError(`'${text}' is no number of bytes`);
    }
    return value;
  }

  /** Up to the next multiple of `alignment`, so that execution can run through it: nops, a zero byte where they don't fit. */
  #padding(alignment: number): number[] {
    if (alignment < 1) throw new SyntaxError(`${alignment} is no alignment`);
    const count = (alignment - (this.#pc % alignment)) % alignment;
    const bytes: number[] = new Array(count % 2).fill(0);
    if ((count - bytes.length) % 4 !== 0) bytes.push(...instance("c.nop", {}));
    while (bytes.length < count) bytes.push(...instance("addi", { rd: 0, rs1: 0, imm: 0 }));
    return bytes;
  }

  #instructionSize(operation: string, operands: readonly string[]): number {
    const [row] = rowsCalled(operation);
    if (row) return row.encoding.length;
    if (PSEUDO_INSTRUCTIONS[`${operation}/${operands.length}`] !== undefined) return 4;
    throw new SyntaxError(unknownInstruction(operation, operands.length));
  }

  #instruction(operation: string, operands: readonly string[]): readonly number[] {
    let refusal = unknownInstruction(operation, operands.length);
    const rows = rowsCalled(operation);
    for (const row of rows) {
      const parsed = this.#operands(row, operation, operands);
      const word = typeof parsed === "string" ? parsed : encode(row, parsed);
      if (typeof word === "number") return littleEndian(word, row.encoding.length);
      refusal = word;
    }
    const expansion = PSEUDO_INSTRUCTIONS[`${operation}/${operands.length}`];
    if (expansion === undefined) throw new SyntaxError(refusal);
    const text = expansion.replace(/\$(\d)/g, (_, digit) => operands[Number(digit) - 1]);
    const [mnemonic] = text.split(" ", 1);
    const list = text.slice(mnemonic.length + 1);
    return this.#instruction(mnemonic, list === "" ? [] : list.split(", "));
  }

  /** The operands of an instance of `row`, or a sentence that says which of them it can't take. */
  #operands(row: Instruction, mnemonic: string, texts: readonly string[]): Operands | string {
    const pieces = row.format.syntax === "" ? [] : row.format.syntax.split(", ");
    const { rounding } = row.format;
    const hasMode = rounding !== undefined && texts.length === pieces.length + 1;
    if (pieces.length !== texts.length && !hasMode) {
      return `${row.mnemonic} takes ${pieces.length} operands (${row.format.syntax}), not ${texts.length}`;
    }
    const operands: Operands = {};
    if (row.format.ordered) {
      operands.imm = ORDERINGS.indexOf(mnemonic.slice(row.mnemonic.length));
    }
    if (rounding !== undefined) {
      const mode = hasMode ? texts.at(-1)! : ROUNDING_NAMES[rounding];
      operands.imm = ROUNDING_NAMES.indexOf(mode.toLowerCase() || "none");
      if (operands.imm < 0) return `'${mode}' is no rounding mode`;
    }
    for (const [index, piece] of pieces.entries()) {
      const refusal = this.#operand(row, operands, piece, texts[index]);
      if (refusal !== undefined) return refusal;
    }
    return operands;
  }

  /** Reads `text` as `piece` of a syntax into `operands`; a sentence if it can't be. */
  #operand(row: Instruction, operands: Operands, piece: string, text: string): string | undefined {
    const [, name, base] = /^(\w*)(?:\((\w+)\))?$/.exec(piece)!;
    if (base === "rs1") {
      const [, outer = "", inner = ""] = /^(.*)\(([^()]*)\)$/.exec(text) ?? [];
      const index = registerIndex(inner.trim().toLowerCase());
      if (index === undefined) return `'${text}' is no address in a register`;
      operands.rs1 = index;
      const offset = this.#defined(outer.trim() || "0");
      if (name === "" && offset !== 0) return `'${text}' cannot have an offset here`;
      if (name !== "") operands.imm = offset;
      return undefined;
    }
    switch (name) {
      case "rd":
      case "rs1":
      case "rs2": {
        const { isFloat } = row.format[name]!;
        const index = isFloat
          ? floatRegisterIndex(text.toLowerCase())
          : registerIndex(text.toLowerCase());
        if (index === undefined) return `'${text}' is no ${isFloat ? "f-register" : "register"}`;
        operands[name] = index;
        return undefined;
      }
      case "rs3": {
        const index = floatRegisterIndex(text.toLowerCase());
        if (index === undefined) return `'${text}' is no f-register`;
        operands.imm = (operands.imm ?? 0) | (index << 3);
        return undefined;
      }
      case "imm":
        operands.imm = this.#defined(text);
        return undefined;
      case "target":
        operands.imm = (this.#defined(text) - this.#pc) | 0;
        return undefined;
      case "upper": {
        const value = this.#defined(text);
        if (value < 0 || value > 0xfffff) return `${value} is not from 0 to 0xfffff`;
        operands.imm = (value << 12) | 0;
        return undefined;
      }
      case "zimm": {
        const value = this.#defined(text);
        if (value < 0 || value > 31) return `${value} is not from 0 to 31`;
        operands.rs1 = value;
        return undefined;
      }
      case "csr":
        operands.imm = csrNumber(text.toLowerCase()) ?? this.#defined(text);
        return undefined;
      case "pred":
      case "succ": {
        const set = fenceSet(text);
        if (set === undefined) return `'${text}' is no set of i, o, r and w`;
        operands.imm = ((operands.imm ?? 0) << 4) | set;
        return undefined;
      }
      default:
        throw new Error(`'${piece}' is no operand`);
    }
  }

  /** The value of an expression; undefined if it isn't settled, which in the last pass is an error. */
  #value(text: string): number | undefined {
    return evaluate(text, (name) => {
      const value = this.#symbolValue(name);
      if (value === undefined && this.#isLastPass)
        throw new SyntaxError(`'${name}' is not defined`);
      return value;
    });
  }

  /** The value of an expression in the last pass. */
  #defined(text: string | undefined): number {
    const value = this.#value(text ?? "");
    if (value === undefined) throw new Error(`'${text}' is evaluated before the last pass`);
    return value;
  }

  #symbolValue(name: string): number | undefined {
    if (name === ".") return this.#pc;
    if (!/^\d/.test(name)) return this.#symbols.get(name) ?? this.#given.get(name);
    const places = this.#numeric.get(name.slice(0, -1)) ?? [];
    const place = name.endsWith("b")
      ? places.filter(({ index }) => index <= this.#index).at(-1)
      : places.find(({ index }) => index > this.#index);
    return place?.address;
  }
}

/** What compilers write and what means nothing here: there is one section, and nothing is relaxed. */
const IGNORED_DIRECTIVES: ReadonlySet<string> = new Set(
  ".text .data .section .globl .global .local .option .type .size .file .attribute .ident".split(
    " ",
  ),
);

const rowsByMnemonic = groupRows();

function groupRows(): ReadonlyMap<string, readonly Instruction[]> {
  const rows = new Map<string, Instruction[]>();
  for (const row of INSTRUCTIONS) {
    for (const ordering of row.format.ordered ? ORDERINGS : [""]) {
      const name = row.mnemonic + ordering;
      rows.set(name, [...(rows.get(name) ?? []), row]);
    }
  }
  return rows;
}

function rowsCalled(mnemonic: string): readonly Instruction[] {
  return rowsByMnemonic.get(mnemonic) ?? [];
}

function unknownInstruction(mnemonic: string, operandCount: number): string {
  const known = Object.keys(PSEUDO_INSTRUCTIONS).some((key) => key.startsWith(`${mnemonic}/`));
  return known
    ? `'${mnemonic}' doesn't take ${operandCount} operands`
    : `'${mnemonic}' is no instruction that is known here`;
}

function registerOf(text: string | undefined): number {
  const index = registerIndex((text ?? "").toLowerCase());
  if (index === undefined) throw new SyntaxError(`'${text ?? ""}' is no register`);
  return index;
}

function instance(mnemonic: string, operands: Operands): number[] {
  const [row] = rowsCalled(mnemonic);
  const word = encode(row, operands);
  if (typeof word === "string") throw new SyntaxError(word);
  return littleEndian(word, row.encoding.length);
}

function isShortLi(value: number): boolean {
  const word = value | 0;
  return (word >= -2048 && word < 2048) || (word & 0xfff) === 0;
}

function loadImmediate(rd: number, word: number, isLong: boolean): number[] {
  if (!isLong && word >= -2048 && word < 2048) return instance("addi", { rd, rs1: 0, imm: word });
  const upper = instance("lui", { rd, imm: upperPart(word) << 12 });
  return isLong ? [...upper, ...instance("addi", { rd, rs1: rd, imm: lowerPart(word) })] : upper;
}

function isNear(distance: number): boolean {
  return distance >= -JAL_REACH && distance < JAL_REACH;
}

/** auipc into `base`, then `mnemonic` from there. */
function pcRelative(mnemonic: string, rd: number, base: number, distance: number): number[] {
  return [
    ...instance("auipc", { rd: base, imm: upperPart(distance) << 12 }),
    ...instance(mnemonic, { rd, rs1: base, imm: lowerPart(distance) }),
  ];
}

function fenceSet(text: string): number | undefined {
  if (text === "0") return 0;
  if (!/^[iorw]+$/.test(text)) return undefined;
  return [...text].reduce((set, letter) => set | (8 >>> FENCE_SET.indexOf(letter)), 0);
}

function littleEndian(value: number, size: number): number[] {
  return Array.from({ length: size }, (_, index) => (value >> (index * 8)) & 0xff);
}

/** The bytes of a string literal in UTF-8. */
function stringBytes(text: string): number[] {
  const [, content] = /^"((?:\\.|[^\\"])*)"$/.exec(text) ?? [];
  if (content === undefined) throw new SyntaxError(`${text} is no string`);
  return [...content.matchAll(/\\x([0-9a-fA-F]{2})|\\.|[^\\]/gu)].flatMap(([written, code]) => {
    if (code !== undefined) return [Number.parseInt(code, 16)];
    return utf8(characterCode(written));
  });
}

function utf8(codePoint: number): number[] {
  const written = encodeURIComponent(String.fromCodePoint(codePoint));
  return written.startsWith("%")
    ? written
        .slice(1)
        .split("%")
        .map((digits) => Number.parseInt(digits, 16))
    : [written.charCodeAt(0)];
}
