/** A program as the debugger knows it: its ELF image, its debug data, and where its sources are on this machine. */
import { type ElfImage, parseElf } from "#emulator";
import { DebugInfo } from "./dwarf/debug-info.ts";
import type { SourceMap } from "./source-map.ts";

const ASSEMBLER_SOURCE = /\.(s|S|asm)$/;

export class LoadedImage {
  /** Path of the executable. */
  readonly path: string;
  /** The whole executable. */
  readonly bytes: Uint8Array;
  readonly elf: ElfImage;
  #debug: DebugInfo | undefined;
  readonly #sources: SourceMap;
  readonly #localByFile = new Map<string, string>();
  readonly #filesByLocal = new Map<string, string[]>();
  #isIndexed = false;
  #through: ReadonlySet<string> | undefined;
  #steppable: readonly number[] | undefined;
  #begins: ReadonlySet<number> | undefined;
  #threadEnds: readonly number[] | undefined;

  /** Throws `ElfError` when the bytes are not a program for this machine. */
  constructor(path: string, bytes: Uint8Array, sources: SourceMap) {
    this.path = path;
    this.bytes = bytes;
    this.elf = parseElf(bytes);
    this.#sources = sources;
  }

  /** Read when it is first asked for: a run without a debugger needs none of it. */
  get debug(): DebugInfo {
    this.#debug ??= DebugInfo.fromElf(this.elf);
    return this.#debug;
  }

  /** The path on this machine of a file that the debug data names. */
  localPath(file: string): string {
    let local = this.#localByFile.get(file);
    if (local === undefined) {
      local = this.#sources.toLocal(file);
      this.#localByFile.set(file, local);
    }
    return local;
  }

  /** The names under which the debug data knows a file of this machine; none when the program has no code from it. */
  filesFor(localPath: string): readonly string[] {
    if (!this.#isIndexed) {
      this.#isIndexed = true;
      for (const file of this.debug.sourceFiles()) {
        const key = this.#sources.key(this.localPath(file));
        this.#filesByLocal.set(key, [...(this.#filesByLocal.get(key) ?? []), file]);
      }
    }
    return this.#filesByLocal.get(this.#sources.key(localPath)) ?? [];
  }

  /** Whether the source of a file can be shown. */
  hasSource(file: string): boolean {
    return this.#sources.exists(this.localPath(file));
  }

  /** The name of the function at an address, from debug data or the symbol table. */
  functionName(address: number): string | undefined {
    return this.debug.functionAt(address)?.name ?? this.elf.symbolAt(address)?.name;
  }

  /** `name+0x12` for an address within a function. */
  symbolize(address: number): string | undefined {
    const symbol = this.elf.symbolAt(address);
    if (symbol === undefined) return undefined;
    const offset = address - symbol.value;
    return offset === 0 ? symbol.name : `${symbol.name}+0x${offset.toString(16)}`;
  }

  /** Start of the function around an address: what tells two pieces of assembly apart. */
  functionStart(address: number): number | undefined {
    return this.elf.symbolAt(address)?.value ?? this.debug.functionAt(address)?.lowPc;
  }

  /**
   * Whether a step by statement may stop at this code: it has statements, and it is not plumbing that the libOS marks
   * as such (`EXO_STEP_THROUGH` in libos.h).
   */
  isSteppable(pc: number): boolean {
    if (!this.hasStatements(pc)) return false;
    const name = this.functionName(pc);
    return name === undefined || !this.#throughNames().has(name);
  }

  /** All places where a step by statement may stop, by ascending address. */
  steppableAddresses(): readonly number[] {
    this.#steppable ??= this.debug
      .sourceFiles()
      .filter((file) => !ASSEMBLER_SOURCE.test(file) && this.hasSource(file))
      .flatMap((file) => this.debug.statementRowsOf(file).map(({ address }) => address))
      .filter((address) => this.isSteppable(address) && !this.isDeclaration(address))
      .sort((a, b) => a - b);
    return this.#steppable;
  }

  /** Whether an address is where a function is entered, before its first statement: steps do not stop there. */
  isDeclaration(address: number): boolean {
    const found = this.debug.functionAt(address);
    return found?.lowPc === address && found.prologueEndAddress !== address;
  }

  /** Whether a stack begins with this function though the program did not: with the first one of a libOS's thread, say. */
  beginsStack(functionStart: number | undefined): boolean {
    this.#begins ??= new Set(this.#addressesOf(".exo_stack_begin"));
    return functionStart !== undefined && this.#begins.has(functionStart);
  }

  /** Where a libOS's thread comes to its end: after the prologue of the function that says so. */
  threadEnds(): readonly number[] {
    this.#threadEnds ??= this.#toldNames(".exo_thread_end").flatMap((name) => {
      const symbol = this.elf.symbol(name);
      const [found] = this.debug.functionsNamed(name);
      return found?.prologueEndAddress ?? symbol?.value ?? [];
    });
    return this.#threadEnds;
  }

  #addressesOf(section: string): number[] {
    return this.#toldNames(section).flatMap((name) => this.elf.symbol(name)?.value ?? []);
  }

  #throughNames(): ReadonlySet<string> {
    this.#through ??= new Set(this.#toldNames(".exo_step_through"));
    return this.#through;
  }

  /** Where the functions begin in which the libOS gives up (`EXO_LAST_WORDS` in libos.h): after their prologue. */
  lastWords(): number[] {
    return this.#toldNames(".exo_last_words").flatMap((name) => {
      const [found] = this.debug.functionsNamed(name);
      const symbol = this.elf.symbol(name);
      return found === undefined
        ? symbol === undefined
          ? []
          : [symbol.value]
        : [found.prologueEndAddress];
    });
  }

  /** The scenario, by its path in the libOS's folder, in which a program is launched that is launched alone (`EXO_LAUNCHED_IN` in libos.h). */
  launchedIn(): string | undefined {
    return this.#toldNames(".exo_launched_in")[0];
  }

  /** Names that the libOS tells a debugger, in a section that is not loaded. */
  #toldNames(section: string): string[] {
    const bytes = this.elf.section(section)?.bytes ?? new Uint8Array();
    return new TextDecoder().decode(bytes).split("\0").filter(Boolean);
  }

  /** Whether code has lines whose source can be shown and is not assembly, through whose stubs a step passes. */
  hasStatements(pc: number): boolean {
    const row = this.debug.lineAt(pc);
    if (row === undefined || row.line === 0 || row.file === "") return false;
    return !ASSEMBLER_SOURCE.test(row.file) && this.hasSource(row.file);
  }
}
