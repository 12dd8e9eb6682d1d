/** What can be named at an address: nested blocks, inlined functions, the function; then the unit's globals. */
import { TAG } from "./constants.ts";
import { type Functions, scopePath } from "./functions.ts";
import type { Entry, Info } from "./info.ts";
import type { NameIndex } from "./names.ts";
import { type AddressRange, rangesOf } from "./ranges.ts";
import { isLinked, type Variable, type Variables } from "./variables.ts";

export interface Scope {
  readonly kind: "block" | "inlined function" | "function";
  /** The function whose source the scope is part of. */
  readonly functionName: string;
  /** Which of the stacked source-level functions that is: 0 for the innermost, counting outwards as `inlinedCallsAt` does. */
  readonly depth: number;
  readonly ranges: readonly AddressRange[];
  readonly variables: readonly Variable[];
}

export interface UnitGlobals {
  /** Full path of the unit's source file. */
  readonly unit: string;
  readonly variables: readonly Variable[];
}

/** The scopes that contain `address`, innermost first; none if no function does. */
export function scopesAt(functions: Functions, variables: Variables, address: number): Scope[] {
  const entry = functions.at(address)?.entry;
  if (!entry) return [];
  const path = scopePath(entry, address);
  let depth = 0;
  return path.map((scope, index) => {
    const owner = path.slice(index).find(({ tag }) => tag !== TAG.lexical_block) ?? entry;
    const result: Scope = {
      kind:
        scope.tag === TAG.lexical_block
          ? "block"
          : scope.tag === TAG.inlined_subroutine
            ? "inlined function"
            : "function",
      functionName: owner.name ?? "?",
      depth,
      ranges: rangesOf(scope),
      variables: variables.declaredIn(scope),
    };
    if (scope.tag !== TAG.lexical_block) depth++;
    return result;
  });
}

/**
 * File-level variables of each unit that has some, without those that the linker discarded. One that was optimised away is there, with an
 * `unavailable` location.
 */
export function globalsOf(info: Info, variables: Variables, names: NameIndex): UnitGlobals[] {
  const byUnit = new Map<string, Variable[]>();
  for (const entries of names.variables.values()) {
    for (const entry of entries) {
      const variable = linkedVariable(entry, variables);
      if (!variable) continue;
      const { path } = entry.unit;
      const known = byUnit.get(path);
      if (known) known.push(variable);
      else byUnit.set(path, [variable]);
    }
  }
  const order = new Map(info.units.map((unit, index) => [unit.path, index]));
  return [...byUnit]
    .map(([unit, variables]) => ({ unit, variables }))
    .sort((a, b) => (order.get(a.unit) ?? 0) - (order.get(b.unit) ?? 0));
}

/** The file-level variable called `name`: one of the unit `preferred`, else an external one, else any; one with a place first. */
export function globalNamed(
  name: string,
  names: NameIndex,
  variables: Variables,
  preferred: Entry["unit"] | undefined,
): Variable | undefined {
  const candidates = (names.variables.get(name) ?? []).flatMap((entry) => {
    const variable = linkedVariable(entry, variables);
    return variable ? [{ unit: entry.unit, variable }] : [];
  });
  candidates.sort((a, b) => Number(hasPlace(b.variable)) - Number(hasPlace(a.variable)));
  const chosen =
    candidates.find(({ unit }) => unit === preferred) ??
    candidates.find(({ variable }) => variable.isExternal) ??
    candidates[0];
  return chosen?.variable;
}

function hasPlace({ location }: Variable): boolean {
  return location.kind !== "unavailable";
}

function linkedVariable(entry: Entry, variables: Variables): Variable | undefined {
  const variable = variables.of(entry);
  return variable && isLinked(variable, entry) ? variable : undefined;
}
