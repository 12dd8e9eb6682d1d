/** The sections that debug data lives in, taken from an ELF image. A missing one is empty; a compressed one is empty and reported. */
import type { ElfImage } from "#emulator";
import { Cursor } from "./cursor.ts";
import type { Problems } from "./problems.ts";

const NAMES = {
  info: ".debug_info",
  abbrev: ".debug_abbrev",
  str: ".debug_str",
  lineStr: ".debug_line_str",
  line: ".debug_line",
  strOffsets: ".debug_str_offsets",
  addr: ".debug_addr",
  ranges: ".debug_ranges",
  rnglists: ".debug_rnglists",
  loc: ".debug_loc",
  loclists: ".debug_loclists",
  frame: ".debug_frame",
  ehFrame: ".eh_frame",
} as const;

export type SectionKey = keyof typeof NAMES;

export class DebugSections {
  readonly problems: Problems;
  readonly #image: ElfImage;
  readonly #bytes: Readonly<Record<SectionKey, Uint8Array>>;
  /** Address ranges that hold code. */
  readonly #code: readonly { low: number; high: number }[];

  constructor(image: ElfImage, problems: Problems) {
    this.problems = problems;
    this.#image = image;
    const bytes = {} as Record<SectionKey, Uint8Array>;
    for (const key of Object.keys(NAMES) as SectionKey[]) {
      const section =
        image.section(NAMES[key]) ?? image.section(NAMES[key].replace(".debug_", ".zdebug_"));
      if (section?.isCompressed) {
        problems.report(
          `The section ${section.name} is compressed, which isn't supported; link without --compress-debug-sections.`,
        );
      }
      bytes[key] = section && !section.isCompressed ? section.bytes : new Uint8Array();
    }
    this.#bytes = bytes;
    this.#code = image.segments
      .filter((segment) => segment.executable)
      .map(({ virtualAddress, memorySize }) => ({
        low: virtualAddress,
        high: virtualAddress + memorySize,
      }));
  }

  /** A cursor over [position, end) of a section. Throws a `DwarfDataError` if the position is outside. */
  cursor(key: SectionKey, position = 0, end?: number): Cursor {
    return new Cursor(NAMES[key], this.#bytes[key], position, end);
  }

  size(key: SectionKey): number {
    return this.#bytes[key].length;
  }

  /** Where the section is in memory; 0 if it isn't loaded. PC-relative pointers in .eh_frame need it. */
  address(key: SectionKey): number {
    return this.#image.section(NAMES[key])?.address ?? 0;
  }

  /**
   * Whether `address` is code of this program. What the linker discarded (--gc-sections) keeps its debug data with addresses such
   * as 0, 1 or -1 in it, which must not be taken for the program's.
   */
  isCode(address: number): boolean {
    return this.#code.some(({ low, high }) => low <= address && address < high);
  }

  /** Whether `address` is in a segment of this program; one past the end counts, where an empty object may be. */
  isLoaded(address: number): boolean {
    return this.#image.segments.some(
      ({ virtualAddress, memorySize }) =>
        virtualAddress <= address && address <= virtualAddress + memorySize,
    );
  }
}
