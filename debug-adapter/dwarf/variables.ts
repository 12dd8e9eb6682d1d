/** Variables and parameters as the debug data declares them. */
import { AT, OP, TAG } from "./constants.ts";
import { Cursor } from "./cursor.ts";
import { indexedAddress } from "./forms.ts";
import type { Entry, Unit } from "./info.ts";
import type { LineTable } from "./line-table.ts";
import { type Location, locationOf } from "./location.ts";
import type { NameIndex } from "./names.ts";
import type { Type, Types } from "./types.ts";

export interface Variable {
  readonly name: string;
  readonly type: Type;
  readonly location: Location;
  readonly declFile: string | undefined;
  readonly declLine: number | undefined;
  readonly isParameter: boolean;
  /** Made by the compiler, such as the length of a variable-length array. */
  readonly isArtificial: boolean;
  /** At one address for the whole run: a global, or a function's static variable. */
  readonly isStatic: boolean;
  readonly isExternal: boolean;
}

export class Variables {
  readonly #types: Types;
  readonly #lines: LineTable;
  readonly #names: () => NameIndex;
  readonly #strays = new Map<Unit, ReadonlyMap<Entry, readonly Entry[]>>();

  constructor(types: Types, lines: LineTable, names: () => NameIndex) {
    this.#types = types;
    this.#lines = lines;
    this.#names = names;
  }

  /** The variables that `scope` declares itself, parameters first as the producer has them. */
  declaredIn(scope: Entry): Variable[] {
    const entries = scope.children.filter(isVariable);
    // What is in the abstract function only, such as a variable that was optimised away, is part of the scope too.
    const known = new Set(entries.map((entry) => entry.root.offset));
    const { root } = scope;
    if (root !== scope) {
      entries.push(
        ...root.children.filter((entry) => isVariable(entry) && !known.has(entry.offset)),
      );
    }
    const variables = entries.flatMap((entry) => this.of(entry) ?? []);
    if (scope.tag === TAG.lexical_block) return variables;
    const names = new Set(variables.map(({ name }) => name));
    const strays = this.#straysOf(root).flatMap((entry) => this.of(entry) ?? []);
    return [...variables, ...strays.filter(({ name }) => !names.has(name))];
  }

  /** Static variables of the function `root` that aren't in its abstract entry. */
  #straysOf(root: Entry): readonly Entry[] {
    let strays = this.#strays.get(root.unit);
    if (!strays) {
      strays = findStrays(root.unit);
      this.#strays.set(root.unit, strays);
    }
    return strays.get(root) ?? [];
  }

  /** The variable that `entry` declares, or `undefined` if it has no name (a string literal, for example). */
  of(entry: Entry): Variable | undefined {
    const { name } = entry;
    if (name === undefined) return undefined;
    const owner = this.#definitionOf(entry, name);
    const location = locationOf(owner);
    const fileOwner = owner.ownerOf(AT.decl_file);
    const file = fileOwner?.number(AT.decl_file);
    const types = this.#types;
    return {
      name,
      location,
      declFile: file === undefined ? undefined : this.#lines.programOf(fileOwner!.unit)?.file(file),
      declLine: owner.number(AT.decl_line),
      isParameter: owner.tag === TAG.formal_parameter,
      isArtificial: owner.flag(AT.artificial),
      isStatic: staticAddress(location) !== undefined,
      isExternal: owner.flag(AT.external),
      get type() {
        return types.ofType(owner);
      },
    };
  }

  /** For a declaration such as `extern int x;` in a function, the definition elsewhere, if there is one. */
  #definitionOf(entry: Entry, name: string): Entry {
    if (!entry.flag(AT.declaration) || entry.ownerOf(AT.location)) return entry;
    return this.#names().variables.get(name)?.[0] ?? entry;
  }
}

/** False for a variable that the linker discarded (--gc-sections): its address is then of no segment. */
export function isLinked(variable: Variable, entry: Entry): boolean {
  const address = staticAddress(variable.location);
  return address === undefined || entry.unit.sections.isLoaded(address);
}

/**
 * Static variables by the function that they belong to. Clang leaves those of an inlined function in its copy that isn't inlined; if
 * there is none, in a function entry that has neither a name nor an origin (seen in clang 17). They then belong to the function that is
 * declared last before them.
 */
function findStrays(unit: Unit): ReadonlyMap<Entry, readonly Entry[]> {
  const functions = unit.root?.children.filter(({ tag }) => tag === TAG.subprogram) ?? [];
  const strays = new Map<Entry, Entry[]>();
  for (const entry of functions) {
    const { root, name } = entry;
    if (name !== undefined && root === entry) continue;
    for (const variable of entry.children) {
      if (variable.tag !== TAG.variable || variable.has(AT.abstract_origin)) continue;
      if (staticAddress(locationOf(variable)) === undefined) continue;
      const owner = name === undefined ? declaredBefore(variable, functions) : root;
      if (!owner) continue;
      const known = strays.get(owner);
      if (known) known.push(variable);
      else strays.set(owner, [variable]);
    }
  }
  return strays;
}

/** The function of the same file that is declared nearest before `variable`. */
function declaredBefore(variable: Entry, functions: readonly Entry[]): Entry | undefined {
  const file = variable.number(AT.decl_file);
  const line = variable.number(AT.decl_line) ?? 0;
  const lineOf = (entry: Entry) => entry.number(AT.decl_line) ?? 0;
  return functions
    .filter((entry) => entry.name !== undefined && entry.root === entry)
    .filter((entry) => entry.number(AT.decl_file) === file && lineOf(entry) <= line)
    .reduce<Entry | undefined>(
      (best, entry) => (best && lineOf(best) >= lineOf(entry) ? best : entry),
      undefined,
    );
}

function isVariable({ tag }: Entry): boolean {
  return tag === TAG.variable || tag === TAG.formal_parameter;
}

/** The address in an expression that begins with one, or `undefined`. */
function staticAddress(location: Location): number | undefined {
  if (location.kind !== "expression") return undefined;
  const { bytes, unit } = location;
  return unit.sections.problems.guard("A variable's address", undefined, () => {
    const cursor = new Cursor("a location", bytes);
    const operation = cursor.u8();
    if (operation === OP.addr) return cursor.u32();
    return operation === OP.addrx ? indexedAddress(unit, cursor.uleb()) : undefined;
  });
}
