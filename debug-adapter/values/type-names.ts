/** Types as casts name them. */
import type { DebugInfo, Type } from "../dwarf/debug-info.ts";
import { pointerTo } from "./c-types.ts";
import { ExpressionError, type TypeName } from "./syntax.ts";

/** Names that every C programmer expects, for programs that don't use them (C11 §7.20, ILP32). */
const STANDARD = new Map([
  ["int8_t", "signed char"],
  ["uint8_t", "unsigned char"],
  ["int16_t", "short"],
  ["uint16_t", "unsigned short"],
  ["int32_t", "int"],
  ["uint32_t", "unsigned int"],
  ["int64_t", "long long"],
  ["uint64_t", "unsigned long long"],
  ["intptr_t", "int"],
  ["uintptr_t", "unsigned int"],
  ["size_t", "unsigned int"],
  ["ssize_t", "int"],
  ["ptrdiff_t", "int"],
]);

/** The type that `name` spells; throws an `ExpressionError` if the program has none. */
export function typeOfName(name: TypeName, debug: DebugInfo): Type {
  let type = specifiedType(name.specifier, debug);
  if (!type) {
    throw new ExpressionError(name.start, `this program has no type '${name.specifier}'`);
  }
  for (const derivation of name.derivations) {
    switch (derivation.kind) {
      case "pointer":
        type = pointerTo(type);
        break;
      case "array":
        type = { kind: "array", element: type, count: derivation.count, dynamicCount: undefined };
        break;
      case "function":
        type = {
          kind: "function",
          returnType: type,
          parameters: derivation.parameters.map((parameter) => typeOfName(parameter, debug)),
          isVariadic: false,
          isPrototyped: true,
        };
    }
  }
  return type;
}

export function specifiedType(specifier: string, debug: DebugInfo): Type | undefined {
  const standard = STANDARD.get(specifier);
  return debug.typeNamed(specifier) ?? (standard ? debug.typeNamed(standard) : undefined);
}
