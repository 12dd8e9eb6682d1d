/** Names that the debug data has no index for: enumerators, and all functions and types, for messages and completions. */
import { AT, TAG } from "../dwarf/constants.ts";
import type { DebugInfo, EnumType } from "../dwarf/debug-info.ts";
import type { Entry, Info, Unit } from "../dwarf/info.ts";
import { INT } from "./c-types.ts";
import type { FrameAccess } from "./frame-access.ts";
import type { Value } from "./value.ts";

interface Enumerator {
  readonly unit: Unit;
  readonly value: bigint;
  /** How C spells the enum, if it can. */
  readonly typeName: string | undefined;
}

interface UnitNames {
  readonly enumerators: ReadonlyMap<string, readonly Enumerator[]>;
  readonly functions: ReadonlySet<string>;
}

/** One pass over all entries, at the first question. */
const known = new WeakMap<Info, UnitNames>();

/** The enumeration constant called `name`: of the frame's own unit, else of any. */
export function enumerator(name: string, frame: FrameAccess): Value | undefined {
  const unit = unitAt(frame);
  if (!unit || !frame.debug) return undefined;
  const found = namesOf(unit.info).enumerators.get(name);
  const constant = found?.find((candidate) => candidate.unit === unit) ?? found?.[0];
  if (!constant) return undefined;
  return {
    type: constantType(frame.debug, constant),
    place: { kind: "value", value: constant.value },
    name,
    evaluateName: name,
  };
}

/** Those of the frame's own unit first. */
export function* enumeratorNames(frame: FrameAccess): Iterable<string> {
  const unit = unitAt(frame);
  if (!unit) return;
  const all = [...namesOf(unit.info).enumerators];
  for (const isOwn of [true, false]) {
    for (const [name, constants] of all) {
      if (constants.some((constant) => constant.unit === unit) === isOwn) yield name;
    }
  }
}

export function functionNames(frame: FrameAccess): Iterable<string> {
  const unit = unitAt(frame);
  return unit ? namesOf(unit.info).functions : [];
}

/** An enumeration constant is an int (C11 §6.4.4.3), which here still shows its name. */
function constantType(debug: DebugInfo, { typeName, value }: Enumerator): EnumType | typeof INT {
  let type = typeName === undefined ? undefined : debug.typeNamed(typeName);
  while (type?.kind === "typedef") type = type.target;
  if (type?.kind !== "enum" || BigInt.asIntN(32, value) !== value) return INT;
  return { ...type, size: 4, isSigned: true };
}

function unitAt({ debug, context }: FrameAccess): Unit | undefined {
  const info = debug?.functionAt(context.pc) ?? debug?.functionsNamed("main")[0];
  return info?.entry.unit;
}

function namesOf(info: Info): UnitNames {
  let names = known.get(info);
  if (!names) {
    names = collect(info);
    known.set(info, names);
  }
  return names;
}

function collect(info: Info): UnitNames {
  const enumerators = new Map<string, Enumerator[]>();
  const functions = new Set<string>();
  for (const unit of info.units) {
    const aliases = new Map<number, string>();
    const enums: Entry[] = [];
    for (const entry of unit.entries()) {
      if (entry.tag === TAG.enumeration_type) enums.push(entry);
      else if (entry.tag === TAG.typedef && entry.name !== undefined) {
        const target = entry.reference(AT.type);
        if (target) aliases.set(target.offset, entry.name);
      } else if (entry.tag === TAG.subprogram && entry.has(AT.low_pc) && entry.name) {
        functions.add(entry.name);
      }
    }
    for (const entry of enums) {
      const typeName = entry.name === undefined ? aliases.get(entry.offset) : `enum ${entry.name}`;
      for (const { tag, name, value } of entry.children.map(constantOf)) {
        if (tag !== TAG.enumerator || name === undefined || value === undefined) continue;
        const list = enumerators.get(name) ?? [];
        list.push({ unit, value, typeName });
        enumerators.set(name, list);
      }
    }
  }
  return { enumerators, functions };
}

function constantOf(entry: Entry) {
  const { tag, name } = entry;
  const attribute = entry.attribute(AT.const_value);
  return { tag, name, value: attribute?.kind === "constant" ? attribute.value : undefined };
}
