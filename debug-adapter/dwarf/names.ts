/** Names of functions, variables and types over all units. Built by one pass over the whole of .debug_info, at the first question. */
import { AT, TAG } from "./constants.ts";
import type { Entry, Info } from "./info.ts";

/** The C keyword that precedes a tag name in its own name space (C11 §6.2.3). */
const TAG_KEYWORDS: Readonly<Record<number, string>> = {
  [TAG.structure_type]: "struct ",
  [TAG.union_type]: "union ",
  [TAG.enumeration_type]: "enum ",
  [TAG.typedef]: "",
  [TAG.base_type]: "",
};

export class NameIndex {
  /** Functions that have code or are declared to have it; inlined instances aren't here. */
  readonly functions = new Map<string, Entry[]>();
  /** Variables at file level that aren't mere declarations. */
  readonly variables = new Map<string, Entry[]>();
  /** Complete types by C name: "struct boot", "uint32_t", "unsigned int". */
  readonly types = new Map<string, Entry[]>();

  constructor(info: Info) {
    for (const unit of info.units) for (const entry of unit.entries()) this.#add(entry);
  }

  #add(entry: Entry): void {
    const { tag } = entry;
    if (tag === TAG.subprogram) {
      if (entry.has(AT.low_pc) || entry.has(AT.ranges)) add(this.functions, entry.name, entry);
    } else if (tag === TAG.variable) {
      const parent = entry.parent?.tag;
      const isFileLevel =
        parent === TAG.compile_unit || parent === TAG.namespace || parent === TAG.partial_unit;
      const isDeclaration = entry.has(AT.declaration) && !entry.has(AT.location);
      if (isFileLevel && !isDeclaration) add(this.variables, entry.name, entry);
    } else {
      const keyword = TAG_KEYWORDS[tag];
      if (keyword === undefined || entry.has(AT.declaration)) return;
      const { name } = entry;
      if (name !== undefined) add(this.types, `${keyword}${name}`, entry);
    }
  }
}

function add(map: Map<string, Entry[]>, name: string | undefined, entry: Entry): void {
  if (name === undefined) return;
  const entries = map.get(name);
  if (entries) entries.push(entry);
  else map.set(name, [entry]);
}
