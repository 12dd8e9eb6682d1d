/**
 * Units and debugging information entries (DWARF5 §7.5.1 to §7.5.5). Headers are read at once, a unit's tree at its first use, an
 * attribute whenever it is asked for.
 */
import { type Abbreviation, readAbbreviations, skipForm } from "./abbreviations.ts";
import { AT, UT } from "./constants.ts";
import { type AttributeValue, type FormContext, readForm } from "./forms.ts";
import { joinPath } from "./paths.ts";
import { DwarfDataError } from "./problems.ts";
import type { DebugSections } from "./sections.ts";

/** Real trees are a dozen deep; the limit keeps our own recursion over them finite. */
const TREE_DEPTH_MAX = 200;

/** Hops along abstract_origin and specification; more means that bad data refers in a circle. */
const ORIGIN_HOPS_MAX = 8;

/** One entry (DIE). Its accessors never throw: what can't be read is reported and `undefined`. */
export class Entry {
  readonly unit: Unit;
  /** In .debug_info; it identifies the entry. */
  readonly offset: number;
  readonly parent: Entry | undefined;
  readonly #abbreviation: Abbreviation;
  readonly #attributesOffset: number;
  readonly #children: Entry[] = [];

  constructor(
    unit: Unit,
    offset: number,
    attributesOffset: number,
    abbreviation: Abbreviation,
    parent: Entry | undefined,
  ) {
    this.unit = unit;
    this.offset = offset;
    this.#attributesOffset = attributesOffset;
    this.#abbreviation = abbreviation;
    this.parent = parent;
    if (parent) parent.#children.push(this);
  }

  get tag(): number {
    return this.#abbreviation.tag;
  }

  get children(): readonly Entry[] {
    this.unit.parseTree();
    return this.#children;
  }

  has(at: number): boolean {
    return this.#abbreviation.attributes.some((attribute) => attribute.at === at);
  }

  attribute(at: number): AttributeValue | undefined {
    if (!this.has(at)) return undefined;
    const { unit } = this;
    return unit.sections.problems.guard(`Attribute 0x${at.toString(16)}`, undefined, () => {
      const cursor = unit.sections.cursor("info", this.#attributesOffset, unit.end);
      for (const attribute of this.#abbreviation.attributes) {
        if (attribute.at === at) {
          return readForm(cursor, attribute.form, attribute.implicitValue, unit);
        }
        skipForm(cursor, attribute.form, unit.offsetSize);
      }
      return undefined;
    });
  }

  /** This entry or, of those that it completes, the first that has the attribute (DWARF5 §2.13.2, §3.3.8). */
  ownerOf(at: number): Entry | undefined {
    let entry: Entry | undefined = this;
    for (let hop = 0; entry && hop < ORIGIN_HOPS_MAX; hop++) {
      if (entry.has(at)) return entry;
      entry = entry.origin;
    }
    return undefined;
  }

  /** The attribute of this entry or of one that it completes: its abstract origin or specification. */
  inherited(at: number): AttributeValue | undefined {
    return this.ownerOf(at)?.attribute(at);
  }

  /** The entry that this one completes, if any. */
  get origin(): Entry | undefined {
    return this.reference(AT.abstract_origin) ?? this.reference(AT.specification);
  }

  /** The last of the chain of origins: the same for every instance of an inlined function. */
  get root(): Entry {
    let entry: Entry = this;
    for (let hop = 0; hop < ORIGIN_HOPS_MAX; hop++) {
      const next = entry.origin;
      if (!next) break;
      entry = next;
    }
    return entry;
  }

  get name(): string | undefined {
    const value = this.inherited(AT.name);
    return value?.kind === "string" ? value.value : undefined;
  }

  /** The value of a constant attribute of the entry or its origin; addresses count as well. */
  number(at: number): number | undefined {
    const value = this.inherited(at);
    if (value?.kind === "constant") return Number(value.value);
    return value?.kind === "address" || value?.kind === "section offset" ? value.value : undefined;
  }

  flag(at: number): boolean {
    const value = this.inherited(at);
    return value?.kind === "flag" && value.value;
  }

  /** The entry that a reference attribute of this very entry points to. */
  reference(at: number): Entry | undefined {
    const value = this.attribute(at);
    if (value?.kind === "reference") return this.unit.info.entryAt(value.value);
    if (value?.kind === "signature") return this.unit.info.typeBySignature(value.value);
    return undefined;
  }

  /** DW_AT_type of the entry or its origin. */
  get type(): Entry | undefined {
    return this.ownerOf(AT.type)?.reference(AT.type);
  }
}

interface UnitHeader {
  readonly offset: number;
  readonly end: number;
  readonly version: number;
  readonly offsetSize: 4 | 8;
  readonly unitType: number;
  readonly abbreviationsOffset: number;
  /** Offset of the root entry. */
  readonly start: number;
  readonly signature?: { readonly value: bigint; readonly typeOffset: number };
}

/** A compile, partial or type unit. */
export class Unit implements FormContext {
  readonly info: Info;
  readonly sections: DebugSections;
  readonly offset: number;
  readonly end: number;
  readonly version: number;
  readonly offsetSize: 4 | 8;
  readonly isTypeUnit: boolean;
  readonly #header: UnitHeader;
  #root: Entry | undefined;
  #hasRoot = false;
  #hasTree = false;
  readonly #byOffset = new Map<number, Entry>();
  // Defaults: right after the header of the section's first table (DWARF5 §7.26 to §7.29).
  strOffsetsBase = 8;
  addrBase = 8;
  rnglistsBase = 12;
  loclistsBase = 12;

  constructor(info: Info, header: UnitHeader) {
    this.info = info;
    this.sections = info.sections;
    this.#header = header;
    this.offset = header.offset;
    this.end = header.end;
    this.version = header.version;
    this.offsetSize = header.offsetSize;
    this.isTypeUnit = header.unitType === UT.type || header.unitType === UT.split_type;
    if (header.version < 5) {
      // GNU's DWARF 4 extension for split units has headerless tables.
      this.strOffsetsBase = 0;
      this.addrBase = 0;
    }
  }

  /** The unit's own entry, or `undefined` if it can't be read. */
  get root(): Entry | undefined {
    if (!this.#hasRoot) {
      this.#hasRoot = true;
      this.#root = this.sections.problems.guard(this.#what, undefined, () => {
        const cursor = this.sections.cursor("info", this.#header.start, this.end);
        const code = cursor.uleb();
        if (code === 0) return undefined;
        const abbreviation = this.#abbreviation(code);
        return new Entry(this, this.#header.start, cursor.position, abbreviation, undefined);
      });
      if (this.#root) this.#readBases(this.#root);
    }
    return this.#root;
  }

  /** DW_AT_low_pc of the unit: what offsets in its range and location lists are relative to (DWARF5 §3.1.1). */
  get baseAddress(): number {
    const value = this.root?.attribute(AT.low_pc);
    return value?.kind === "address" ? value.value : 0;
  }

  get compDir(): string {
    const value = this.root?.attribute(AT.comp_dir);
    return value?.kind === "string" ? value.value : "";
  }

  /** The primary source file's full path. */
  get path(): string {
    return joinPath(this.compDir, this.root?.name);
  }

  /** The entry that begins at `offset`, or `undefined` if none does. */
  entryAt(offset: number): Entry | undefined {
    this.parseTree();
    return this.#byOffset.get(offset);
  }

  /** Every entry below and including the root, in the order of the section. */
  entries(): Iterable<Entry> {
    this.parseTree();
    return this.#byOffset.values();
  }

  /** Reads the whole tree, once. What comes after malformed data is missing from it. */
  parseTree(): void {
    if (this.#hasTree) return;
    this.#hasTree = true;
    const { root } = this;
    if (!root) return;
    this.sections.problems.guard(this.#what, undefined, () => this.#parseBelow(root));
  }

  #parseBelow(root: Entry): void {
    const cursor = this.sections.cursor("info", root.offset, this.end);
    const parents: Entry[] = [];
    while (!cursor.isAtEnd) {
      const offset = cursor.position;
      const code = cursor.uleb();
      if (code === 0) {
        parents.pop();
        if (parents.length === 0) return;
        continue;
      }
      const abbreviation = this.#abbreviation(code);
      const entry =
        offset === root.offset
          ? root
          : new Entry(this, offset, cursor.position, abbreviation, parents.at(-1));
      this.#byOffset.set(offset, entry);
      if (abbreviation.fixedSize !== undefined) cursor.skip(abbreviation.fixedSize);
      else {
        for (const { form } of abbreviation.attributes) skipForm(cursor, form, this.offsetSize);
      }
      if (abbreviation.hasChildren) {
        parents.push(entry);
        if (parents.length > TREE_DEPTH_MAX) {
          throw new DwarfDataError(`entries are nested too deeply at ${cursor.where()}`);
        }
      } else if (parents.length === 0) return;
    }
  }

  #abbreviation(code: number): Abbreviation {
    const table = this.info.abbreviationsAt(this.#header.abbreviationsOffset, this.offsetSize);
    const abbreviation = table.get(code);
    if (!abbreviation) throw new DwarfDataError(`abbreviation ${code} isn't declared`);
    return abbreviation;
  }

  #readBases(root: Entry): void {
    const offset = (at: number) => {
      const value = root.attribute(at);
      return value?.kind === "section offset" ? value.value : undefined;
    };
    this.strOffsetsBase = offset(AT.str_offsets_base) ?? this.strOffsetsBase;
    this.addrBase = offset(AT.addr_base) ?? this.addrBase;
    this.rnglistsBase = offset(AT.rnglists_base) ?? this.rnglistsBase;
    this.loclistsBase = offset(AT.loclists_base) ?? this.loclistsBase;
    if (root.has(AT.dwo_name) || root.has(AT.GNU_dwo_name)) {
      this.sections.problems.report(
        `${this.path || this.#what}: the debug data is in a separate .dwo file, which isn't supported; compile without -gsplit-dwarf.`,
      );
    }
  }

  get #what(): string {
    return `Unit at 0x${this.offset.toString(16)}`;
  }
}

/** All units of .debug_info. */
export class Info {
  readonly sections: DebugSections;
  readonly units: readonly Unit[];
  readonly #abbreviations = new Map<number, Map<number, Abbreviation>>();
  readonly #signatures = new Map<bigint, number>();

  constructor(sections: DebugSections) {
    this.sections = sections;
    const units: Unit[] = [];
    sections.problems.guard("Unit headers", undefined, () => {
      const cursor = sections.cursor("info");
      while (!cursor.isAtEnd) {
        const { end, header } = readUnitHeader(cursor, sections);
        if (header) {
          units.push(new Unit(this, header));
          const { signature } = header;
          if (signature) this.#signatures.set(signature.value, signature.typeOffset);
        }
        cursor.position = end;
      }
    });
    this.units = units;
  }

  entryAt(offset: number): Entry | undefined {
    let low = 0;
    let high = this.units.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.units[middle]!.offset <= offset) low = middle + 1;
      else high = middle;
    }
    const unit = this.units[low - 1];
    return unit && offset < unit.end ? unit.entryAt(offset) : undefined;
  }

  /** The type that a type unit defines, or `undefined` if no unit has the signature. */
  typeBySignature(signature: bigint): Entry | undefined {
    const offset = this.#signatures.get(signature);
    return offset === undefined ? undefined : this.entryAt(offset);
  }

  /** The table at `offset` of .debug_abbrev; of a damaged one, nothing. */
  abbreviationsAt(offset: number, offsetSize: 4 | 8): Map<number, Abbreviation> {
    const key = offset * 2 + (offsetSize === 8 ? 1 : 0);
    let table = this.#abbreviations.get(key);
    if (!table) {
      table = this.sections.problems.guard("Abbreviations", new Map<number, Abbreviation>(), () =>
        readAbbreviations(this.sections.cursor("abbrev", offset), offsetSize),
      );
      this.#abbreviations.set(key, table);
    }
    return table;
  }
}

/** One unit header (DWARF5 §7.5.1); `header` is missing if the unit is of a kind that isn't read, and the reason is reported. */
function readUnitHeader(
  cursor: ReturnType<DebugSections["cursor"]>,
  sections: DebugSections,
): { end: number; header?: UnitHeader } {
  const offset = cursor.position;
  const { end, offsetSize, isClipped } = cursor.initialLength();
  const what = `The unit at offset 0x${offset.toString(16)} of .debug_info`;
  if (isClipped) sections.problems.report(`${what} is longer than the section; it is cut off.`);
  if (end - cursor.position < 2) return { end };
  const version = cursor.u16();
  if (version < 2 || version > 5) {
    sections.problems.report(
      `${what} has DWARF version ${version}, which isn't supported; compile with -gdwarf-5.`,
    );
    return { end };
  }
  let unitType: number = UT.compile;
  let addressSize: number;
  let abbreviationsOffset: number;
  if (version >= 5) {
    unitType = cursor.u8();
    addressSize = cursor.u8();
    abbreviationsOffset = cursor.unsigned(offsetSize);
  } else {
    abbreviationsOffset = cursor.unsigned(offsetSize);
    addressSize = cursor.u8();
  }
  if (addressSize !== 4) {
    sections.problems.report(`${what} has addresses of ${addressSize} bytes instead of 4.`);
    return { end };
  }
  const base = { offset, end, version, offsetSize, unitType, abbreviationsOffset };
  switch (unitType) {
    case UT.type:
    case UT.split_type: {
      const value = cursor.u64();
      const typeOffset = offset + cursor.unsigned(offsetSize);
      return { end, header: { ...base, start: cursor.position, signature: { value, typeOffset } } };
    }
    case UT.skeleton:
    case UT.split_compile:
      cursor.skip(8);
      return { end, header: { ...base, start: cursor.position } };
    case UT.compile:
    case UT.partial:
      return { end, header: { ...base, start: cursor.position } };
    default:
      sections.problems.report(`${what} has the unknown type ${unitType}.`);
      return { end };
  }
}
