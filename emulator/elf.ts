/**
 * ELF32 little-endian RISC-V executables, from bytes to plain values. Field layouts are those of the System V ABI's "Object
 * Files" chapter (ELF, Tool Interface Standard 1.2) and of the RISC-V psABI's "ELF Object Files".
 *
 * The loader and the debugger both read the same `ElfImage`. Nothing here knows what a section means: DWARF is the debug
 * adapter's, and where a segment goes is the launcher's decision.
 */

export type FloatAbi = "soft" | "single" | "double" | "quad";

/** A PT_LOAD program header: what is to be in memory at the entry. `bytes` may be shorter than `memorySize`; the rest is zero. */
export interface ElfSegment {
  readonly virtualAddress: number;
  readonly fileOffset: number;
  readonly fileSize: number;
  readonly memorySize: number;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly executable: boolean;
  readonly bytes: Uint8Array;
}

export interface ElfSection {
  readonly name: string;
  /** SHT_*, for example 1 = PROGBITS, 8 = NOBITS. */
  readonly type: number;
  readonly address: number;
  readonly size: number;
  readonly offset: number;
  /** SHF_* bits; see `SECTION_FLAG`. */
  readonly flags: number;
  /** The content as it is in the file: empty for NOBITS, still compressed if `isCompressed`. */
  readonly bytes: Uint8Array;
  /** SHF_COMPRESSED, or the older `.zdebug_` prefix. Nothing here inflates: the reader must say so instead of reading garbage. */
  readonly isCompressed: boolean;
}

export interface ElfSymbol {
  readonly name: string;
  readonly value: number;
  readonly size: number;
  readonly kind: "function" | "object" | "other";
  readonly binding: "local" | "global" | "weak" | "other";
  /** Index into `sections`; 0 = undefined, 0xfff1 = absolute. */
  readonly sectionIndex: number;
}

/** The file can't be used as a guest program. The message is one sentence: what is wrong, where, and what to do. */
export class ElfError extends Error {
  /** Byte of the file that the message is about. */
  readonly offset: number;

  constructor(offset: number, message: string) {
    super(message);
    this.name = "ElfError";
    this.offset = offset;
  }
}

export const SECTION_FLAG = {
  write: 1,
  alloc: 2,
  executable: 4,
  compressed: 0x800,
} as const;

/** A parsed executable. It holds views of the given bytes, not copies: they must not change while it lives. */
export class ElfImage {
  readonly entry: number;
  /** `e_flags` as it is in the file (psABI, e_flags). */
  readonly flags: number;
  readonly floatAbi: FloatAbi;
  readonly segments: readonly ElfSegment[];
  readonly sections: readonly ElfSection[];
  readonly symbols: readonly ElfSymbol[];
  /** Hexadecimal `NT_GNU_BUILD_ID`, if the linker wrote one. */
  readonly buildId: string | undefined;
  #byName: Map<string, ElfSymbol> | undefined;
  /** Symbols that may name code, by ascending address; of equal addresses the better name is last. */
  #codeSymbols: readonly ElfSymbol[] | undefined;

  constructor(
    header: { entry: number; flags: number },
    segments: readonly ElfSegment[],
    sections: readonly ElfSection[],
    symbols: readonly ElfSymbol[],
  ) {
    this.entry = header.entry;
    this.flags = header.flags;
    this.floatAbi = FLOAT_ABIS[(header.flags >>> 1) & 3]!;
    this.segments = segments;
    this.sections = sections;
    this.symbols = symbols;
    this.buildId = buildIdOf(sections);
  }

  /** The first section of that name, or `undefined`. */
  section(name: string): ElfSection | undefined {
    return this.sections.find((section) => section.name === name);
  }

  /** The symbol of that name that is defined here; a global one before a weak one before a local one. */
  symbol(name: string): ElfSymbol | undefined {
    if (!this.#byName) {
      this.#byName = new Map();
      for (const symbol of this.symbols) {
        if (symbol.sectionIndex === 0) continue;
        const known = this.#byName.get(symbol.name);
        if (!known || BINDING_RANK[symbol.binding] > BINDING_RANK[known.binding]) {
          this.#byName.set(symbol.name, symbol);
        }
      }
    }
    return this.#byName.get(name);
  }

  /**
   * The function that covers `address`, or `undefined`. Assembly often leaves labels without type and size: the nearest such label
   * before `address` in the same section counts as covering when no sized function does.
   */
  symbolAt(address: number): ElfSymbol | undefined {
    this.#codeSymbols ??= this.symbols
      .filter((symbol) => this.#namesCode(symbol))
      .sort((a, b) => a.value - b.value || BINDING_RANK[a.binding] - BINDING_RANK[b.binding]);
    const symbols = this.#codeSymbols;
    let low = 0;
    let high = symbols.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (symbols[middle]!.value <= address) low = middle + 1;
      else high = middle;
    }
    let label: ElfSymbol | undefined;
    // Functions don't overlap in practice; a few steps back pass the labels inside of one.
    for (let index = low - 1; index >= 0 && index >= low - 256; index--) {
      const symbol = symbols[index]!;
      if (symbol.size > 0) {
        if (address < symbol.value + symbol.size) return symbol;
        if (symbol.kind === "function") break;
      } else label ??= symbol;
    }
    const section = label && this.sections[label.sectionIndex];
    return section && address < section.address + section.size ? label : undefined;
  }

  #namesCode(symbol: ElfSymbol): boolean {
    if (symbol.sectionIndex === 0 || symbol.name === "" || symbol.kind === "object") return false;
    if (symbol.kind === "function") return true;
    const section = this.sections[symbol.sectionIndex];
    // `$x` and `$d` are mapping symbols (psABI, Mapping Symbol), `.L` names are the assembler's own.
    return (
      section !== undefined &&
      (section.flags & SECTION_FLAG.executable) !== 0 &&
      !/^(\$|\.L)/.test(symbol.name)
    );
  }
}

/**
 * Reads a whole executable. Throws `ElfError`, and nothing else, for anything that isn't a linked RV32 program. Sections and symbols
 * may be missing (a stripped file); what is there must lie within the file.
 */
export function parseElf(bytes: Uint8Array): ElfImage {
  const file = new ElfFile(bytes);
  file.checkIdentity();
  const entry = file.u32(24, "the file header");
  const flags = file.u32(36, "the file header");
  const segments = readSegments(file);
  const sections = readSections(file);
  const symbols = readSymbols(file, sections);
  if (segments.length === 0) {
    throw new ElfError(
      28,
      "The file has no segment to load (offset 28); link it as an executable.",
    );
  }
  return new ElfImage({ entry, flags }, segments, sections, symbols);
}

const FLOAT_ABIS = ["soft", "single", "double", "quad"] as const;
const BINDING_RANK = { other: 0, local: 1, weak: 2, global: 3 } as const;

const PT_LOAD = 1;
const SHT_SYMTAB = 2;
const SHT_STRTAB = 3;
const SHT_NOBITS = 8;
const SHN_XINDEX = 0xffff;
const SHN_LORESERVE = 0xff00;
const EM_RISCV = 243;
const EHDR_SIZE = 52;
const PHDR_SIZE = 32;
const SHDR_SIZE = 40;
const SYM_SIZE = 16;
const NT_GNU_BUILD_ID = 3;

const FILE_TYPES: Readonly<Record<number, string>> = {
  0: "a file without a type",
  1: "a relocatable object (.o)",
  3: "a shared object or position-independent executable",
  4: "a core dump",
};

/** `e_machine` values that a wrong build is likely to have (System V ABI, Machine). */
const MACHINES: Readonly<Record<number, string>> = {
  2: "SPARC",
  3: "x86 (i386)",
  8: "MIPS",
  20: "PowerPC",
  21: "64-bit PowerPC",
  22: "S/390",
  40: "ARM",
  62: "x86-64",
  83: "AVR",
  94: "Xtensa",
  183: "AArch64 (64-bit ARM)",
  247: "BPF",
  258: "LoongArch",
};

/** What a file that isn't ELF probably is, by its first bytes. */
const MAGICS: readonly (readonly [hex: string, what: string])[] = [
  ["213c617263683e", "a static library; link it into a program"],
  ["4243c0de", "LLVM bitcode; compile it without -emit-llvm and -flto, then link"],
  ["4d5a", "a Windows program; compile with --target=riscv32-freestanding-none"],
  ["cffaedfe", "a macOS program; compile with --target=riscv32-freestanding-none"],
  ["0061736d", "a WebAssembly module; compile with --target=riscv32-freestanding-none"],
  ["2321", "a script; give the linked program"],
];

/** Bounds-checked little-endian reads; everything that fails does so with an `ElfError`. */
class ElfFile {
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Checks everything that tells an RV32 executable from other files; the most telling difference is named first. */
  checkIdentity(): void {
    const { bytes } = this;
    const start = hexBytes(bytes.subarray(0, 8));
    if (!start.startsWith("7f454c46")) {
      const known = MAGICS.find(([magic]) => start.startsWith(magic));
      if (known) throw new ElfError(0, `The file is not an ELF executable but ${known[1]}.`);
      const seen = bytes.length === 0 ? "it is empty" : `it begins with ${start || "nothing"}`;
      throw new ElfError(
        0,
        `The file is not an ELF executable (at offset 0 ${seen} instead of 7f454c46); give the linked program.`,
      );
    }
    this.slice(0, EHDR_SIZE, "the file header");
    const wanted = "this machine is RISC-V RV32; compile with --target=riscv32-freestanding-none";
    if (bytes[5] !== 1) {
      throw new ElfError(5, `The program is big endian (offset 5), ${wanted}.`);
    }
    const machine = this.u16(18, "the file header");
    if (machine !== EM_RISCV) {
      const name = MACHINES[machine] ?? `machine number ${machine}`;
      throw new ElfError(18, `The program was built for ${name} (offset 18), ${wanted}.`);
    }
    if (bytes[4] !== 1) {
      throw new ElfError(4, `The program is 64-bit RISC-V (offset 4), ${wanted}.`);
    }
    const type = this.u16(16, "the file header");
    if (type !== 2) {
      const name = FILE_TYPES[type] ?? `of the unknown type ${type}`;
      throw new ElfError(
        16,
        `The file is ${name}, not an executable (offset 16); link it with -static and without -c, -shared or -pie.`,
      );
    }
  }

  u16(offset: number, what: string): number {
    this.#check(offset, 2, what);
    return this.#view.getUint16(offset, true);
  }

  u32(offset: number, what: string): number {
    this.#check(offset, 4, what);
    return this.#view.getUint32(offset, true);
  }

  u8(offset: number, what: string): number {
    this.#check(offset, 1, what);
    return this.#view.getUint8(offset);
  }

  /** The bytes [offset, offset + size), which `what` names, or the error that the file is truncated. */
  slice(offset: number, size: number, what: string): Uint8Array {
    this.#check(offset, size, what);
    return this.bytes.subarray(offset, offset + size);
  }

  #check(offset: number, size: number, what: string): void {
    if (offset + size > this.bytes.length) {
      throw new ElfError(
        offset,
        `The file is truncated: ${what} should occupy offsets ${offset} to ${offset + size}, but the file ends at ${this.bytes.length}; build or copy it again.`,
      );
    }
  }
}

function readSegments(file: ElfFile): ElfSegment[] {
  const tableOffset = file.u32(28, "the file header");
  const count = file.u16(44, "the file header");
  if (count === 0) return [];
  checkEntrySize(file, 42, PHDR_SIZE, "program header");
  file.slice(tableOffset, count * PHDR_SIZE, `the table of ${count} program headers`);
  const segments: ElfSegment[] = [];
  for (let index = 0; index < count; index++) {
    const at = tableOffset + index * PHDR_SIZE;
    const what = `program header ${index}`;
    if (file.u32(at, what) !== PT_LOAD) continue;
    const fileOffset = file.u32(at + 4, what);
    const virtualAddress = file.u32(at + 8, what);
    const fileSize = file.u32(at + 16, what);
    const memorySize = file.u32(at + 20, what);
    const flags = file.u32(at + 24, what);
    if (fileSize > memorySize) {
      throw new ElfError(
        at + 16,
        `Segment ${index} has more bytes in the file (${fileSize}) than in memory (${memorySize}), at offset ${at + 16}; the file is damaged, link it again.`,
      );
    }
    if (virtualAddress + memorySize > 2 ** 32) {
      throw new ElfError(
        at + 8,
        `Segment ${index} at address ${hex(virtualAddress)} with ${memorySize} bytes goes beyond the 32-bit address space (offset ${at + 8}); check the linker script.`,
      );
    }
    const bytes = file.slice(fileOffset, fileSize, `segment ${index}`);
    segments.push({
      virtualAddress,
      fileOffset,
      fileSize,
      memorySize,
      readable: (flags & 4) !== 0,
      writable: (flags & 2) !== 0,
      executable: (flags & 1) !== 0,
      bytes,
    });
  }
  return segments;
}

function readSections(file: ElfFile): ElfSection[] {
  const tableOffset = file.u32(32, "the file header");
  if (tableOffset === 0) return [];
  checkEntrySize(file, 46, SHDR_SIZE, "section header");
  // More than 0xff00 sections are counted in the first header (ELF, Special Section Indexes).
  const first = "section header 0";
  const count = file.u16(48, "the file header") || file.u32(tableOffset + 20, first);
  const namesIndex16 = file.u16(50, "the file header");
  const namesIndex = namesIndex16 === SHN_XINDEX ? file.u32(tableOffset + 24, first) : namesIndex16;
  file.slice(tableOffset, count * SHDR_SIZE, `the table of ${count} section headers`);

  let names: Uint8Array = new Uint8Array();
  if (namesIndex > 0 && namesIndex < count) {
    const at = tableOffset + namesIndex * SHDR_SIZE;
    if (file.u32(at + 4, first) !== SHT_NOBITS) {
      names = file.slice(
        file.u32(at + 16, first),
        file.u32(at + 20, first),
        "the section names (.shstrtab)",
      );
    }
  }
  const sections: ElfSection[] = [];
  for (let index = 0; index < count; index++) {
    const at = tableOffset + index * SHDR_SIZE;
    const what = `section header ${index}`;
    const name = stringAt(names, file.u32(at, what));
    const type = file.u32(at + 4, what);
    const flags = file.u32(at + 8, what);
    const offset = file.u32(at + 16, what);
    const size = file.u32(at + 20, what);
    const hasBytes = index > 0 && type !== SHT_NOBITS && type !== 0;
    sections.push({
      name,
      type,
      address: file.u32(at + 12, what),
      size: index === 0 ? 0 : size,
      offset,
      flags,
      bytes: hasBytes ? file.slice(offset, size, `section ${index} '${name}'`) : new Uint8Array(),
      isCompressed: (flags & SECTION_FLAG.compressed) !== 0 || name.startsWith(".zdebug_"),
    });
  }
  return sections;
}

function readSymbols(file: ElfFile, sections: readonly ElfSection[]): ElfSymbol[] {
  const tableIndex = sections.findIndex((section) => section.type === SHT_SYMTAB);
  const table = sections[tableIndex];
  if (!table) return [];
  const headerOffset = file.u32(32, "the file header") + tableIndex * SHDR_SIZE;
  const strings = sections[file.u32(headerOffset + 24, "the symbol table's header")];
  const names = strings?.type === SHT_STRTAB ? strings.bytes : new Uint8Array();
  const symbols: ElfSymbol[] = [];
  const count = Math.floor(table.size / SYM_SIZE);
  for (let index = 1; index < count; index++) {
    const at = table.offset + index * SYM_SIZE;
    const info = file.u8(at + 12, "the symbol table");
    const type = info & 15;
    const sectionIndex = file.u16(at + 14, "the symbol table");
    // Section (3) and file (4) symbols name nothing in memory.
    if (type === 3 || type === 4) continue;
    const name = stringAt(names, file.u32(at, "the symbol table"));
    if (name === "") continue;
    symbols.push({
      name,
      value: file.u32(at + 4, "the symbol table"),
      size: file.u32(at + 8, "the symbol table"),
      kind: type === 2 ? "function" : type === 1 ? "object" : "other",
      binding: BINDINGS[info >>> 4] ?? "other",
      sectionIndex: sectionIndex >= SHN_LORESERVE ? SHN_ABSOLUTE : sectionIndex,
    });
  }
  return symbols;
}

const SHN_ABSOLUTE = 0xfff1;
/** No real name is as long; without a limit, a damaged string table makes reading quadratic. */
const NAME_LENGTH_MAX = 4096;
const BINDINGS: readonly ("local" | "global" | "weak")[] = ["local", "global", "weak"];

function checkEntrySize(file: ElfFile, at: number, expected: number, what: string): void {
  const size = file.u16(at, "the file header");
  if (size !== expected) {
    throw new ElfError(
      at,
      `A ${what} should have ${expected} bytes, but the file says ${size} (offset ${at}); the file is damaged, link it again.`,
    );
  }
}

/** The build id from `.note.gnu.build-id`: a note is {name size, descriptor size, type, name, descriptor} (ELF, Note Section). */
function buildIdOf(sections: readonly ElfSection[]): string | undefined {
  const note = sections.find((section) => section.name === ".note.gnu.build-id")?.bytes;
  if (!note || note.length < 12) return undefined;
  const view = new DataView(note.buffer, note.byteOffset, note.byteLength);
  const nameSize = view.getUint32(0, true);
  const start = 12 + Math.ceil(nameSize / 4) * 4;
  const end = start + view.getUint32(4, true);
  if (view.getUint32(8, true) !== NT_GNU_BUILD_ID || end > note.length) return undefined;
  return hexBytes(note.subarray(start, end));
}

/** The NUL-terminated string at `offset`, or "" if there is none. UTF-8; bytes that aren't are taken as Latin-1. */
function stringAt(strings: Uint8Array, offset: number): string {
  if (offset >= strings.length) return "";
  let end = strings.indexOf(0, offset);
  if (end < 0) end = strings.length;
  end = Math.min(end, offset + NAME_LENGTH_MAX);
  let text = "";
  let isAscii = true;
  for (let index = offset; index < end; index++) {
    const byte = strings[index]!;
    if (byte >= 0x80) isAscii = false;
    text += String.fromCharCode(byte);
  }
  if (isAscii) return text;
  try {
    return decodeURIComponent(
      text.replace(/[^A-Za-z0-9]/g, (c) => `%${c.charCodeAt(0).toString(16).padStart(2, "0")}`),
    );
  } catch {
    return text;
  }
}

function hexBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, "0")}`;
}
