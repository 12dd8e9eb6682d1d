/** C spelling of types, and types by their C spelling. */
import type { NameIndex } from "./names.ts";
import { type BaseType, type Type, type Types, VOID } from "./types.ts";

/** Parts that one name may consist of; a type that refers to itself in a circle would have no end. */
const PARTS_MAX = 200;

/** The type as C writes it: `const char *`, `int [4][2]`, `void (*)(int)`, `struct boot *`. */
export function typeName(type: Type): string {
  return declare(type, "", { parts: 0 });
}

/**
 * `type` around `declarator`, the part of a declaration that names what is declared (C11 §6.7.6). Pointers put themselves before it,
 * arrays and functions after it, and a pointer to one of those needs parentheses.
 */
function declare(type: Type, declarator: string, budget: { parts: number }): string {
  budget.parts++;
  if (budget.parts > PARTS_MAX) return "…";
  switch (type.kind) {
    case "void":
      return join("void", declarator);
    case "base":
    case "typedef":
      return join(type.name, declarator);
    case "struct":
    case "union":
    case "enum":
      return join(`${type.kind} ${type.name ?? "{…}"}`, declarator);
    case "pointer":
      return declare(type.target, pointTo(type.target, `*${declarator}`), budget);
    case "qualified": {
      const { qualifiers, target } = unqualified(type);
      if (target.kind !== "pointer") return `${qualifiers} ${declare(target, declarator, budget)}`;
      const inner = `*${join(qualifiers, declarator)}`;
      return declare(target.target, pointTo(target.target, inner), budget);
    }
    case "array": {
      return declare(type.element, `${declarator}[${type.count ?? ""}]`, budget);
    }
    case "function": {
      const parameters = type.parameters.map((parameter) => declare(parameter, "", budget));
      if (type.isVariadic) parameters.push("...");
      if (parameters.length === 0 && type.isPrototyped) parameters.push("void");
      return declare(type.returnType, `${declarator}(${parameters.join(", ")})`, budget);
    }
    case "unknown":
      return join("?", declarator);
  }
}

/** A run of qualifiers, outermost first, and what they qualify. */
function unqualified(type: Type): { qualifiers: string; target: Type } {
  const qualifiers: string[] = [];
  let target = type;
  while (target.kind === "qualified" && qualifiers.length < QUALIFIERS.size) {
    qualifiers.push(target.qualifier);
    target = target.target;
  }
  return { qualifiers: qualifiers.join(" "), target };
}

function pointTo(target: Type, declarator: string): string {
  return target.kind === "array" || target.kind === "function" ? `(${declarator})` : declarator;
}

function join(specifier: string, declarator: string): string {
  return declarator === "" ? specifier : `${specifier} ${declarator}`;
}

/**
 * The type that `name` spells in a cast: "struct foo", "uint32_t", "unsigned long", with trailing `*` and leading qualifiers.
 * `undefined` if the program has no such type; C's own arithmetic types are always known.
 */
export function typeNamed(name: string, names: NameIndex, types: Types): Type | undefined {
  const words = name
    .replaceAll("*", " * ")
    .split(/\s+/)
    .filter((word) => word !== "" && !QUALIFIERS.has(word));
  const pointers = words.length - (words.indexOf("*") < 0 ? words.length : words.indexOf("*"));
  const base = words.slice(0, words.length - pointers);
  if (base.length === 0 || words.slice(base.length).some((word) => word !== "*")) return undefined;
  let type = baseNamed(base.join(" "), names, types);
  for (let count = 0; type && count < pointers; count++) {
    type = { kind: "pointer", size: 4, target: type };
  }
  return type;
}

const QUALIFIERS = new Set(["const", "volatile", "restrict", "_Atomic"]);

function baseNamed(name: string, names: NameIndex, types: Types): Type | undefined {
  if (name === "void") return VOID;
  const entry = names.types.get(name)?.[0];
  if (entry) return types.of(entry);
  const key = name.split(" ").sort().join(" ");
  return BUILT_IN.get(key);
}

/**
 * C's arithmetic types under ILP32 (psABI, C/C++ type sizes: plain char is unsigned), by their words in alphabetical order, since C lets
 * them stand in any order (C11 §6.7.2).
 */
const BUILT_IN = new Map<string, BaseType>();
for (const [encoding, size, name, ...spellings] of [
  ["unsigned char", 1, "char"],
  ["signed char", 1, "signed char"],
  ["unsigned char", 1, "unsigned char"],
  ["signed", 2, "short", "short int", "signed short", "signed short int"],
  ["unsigned", 2, "unsigned short", "unsigned short int"],
  ["signed", 4, "int", "signed", "signed int"],
  ["unsigned", 4, "unsigned int", "unsigned"],
  ["signed", 4, "long", "long int", "signed long", "signed long int"],
  ["unsigned", 4, "unsigned long", "unsigned long int"],
  ["signed", 8, "long long", "long long int", "signed long long", "signed long long int"],
  ["unsigned", 8, "unsigned long long", "unsigned long long int"],
  ["boolean", 1, "_Bool", "bool"],
  ["float", 4, "float"],
  ["float", 8, "double"],
  ["float", 16, "long double"],
] as const) {
  const type: BaseType = { kind: "base", name, size, encoding };
  for (const spelling of [name, ...spellings]) {
    BUILT_IN.set(spelling.split(" ").sort().join(" "), type);
  }
}
