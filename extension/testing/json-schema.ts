/** As much of JSON Schema as our schemas use, so that tests can ask what an editor would underline. */

export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly propertyNames?: Schema;
  readonly not?: Schema;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly oneOf?: readonly Schema[];
  readonly definitions?: Readonly<Record<string, Schema>>;
}

/** What is wrong with `value`, each as a path and a reason; empty when nothing is. */
export function violations(value: unknown, schema: Schema, root = schema, path = "$"): string[] {
  if (schema.$ref !== undefined) {
    const target = root.definitions?.[schema.$ref.replace("#/definitions/", "")];
    return target === undefined
      ? [`${path}: no ${schema.$ref}`]
      : violations(value, target, root, path);
  }
  if (schema.oneOf !== undefined) {
    const fits = schema.oneOf.filter((each) => violations(value, each, root, path).length === 0);
    return fits.length === 1 ? [] : [`${path}: fits ${fits.length} of ${schema.oneOf.length}`];
  }
  if (schema.not !== undefined && violations(value, schema.not, root, path).length === 0) {
    return [`${path}: is what it must not be`];
  }
  if (schema.type !== undefined && typeOf(value, schema.type) !== schema.type) {
    return [`${path}: is no ${schema.type}`];
  }
  if (schema.enum !== undefined && !schema.enum.includes(value))
    return [`${path}: is none of them`];
  if (typeof value === "number") {
    const isIn = value >= (schema.minimum ?? -Infinity) && value <= (schema.maximum ?? Infinity);
    return isIn ? [] : [`${path}: out of range`];
  }
  if (typeof value === "string") {
    const isFine =
      value.length >= (schema.minLength ?? 0) && new RegExp(schema.pattern ?? "").test(value);
    return isFine ? [] : [`${path}: does not match`];
  }
  if (Array.isArray(value)) {
    const isCounted =
      value.length >= (schema.minItems ?? 0) && value.length <= (schema.maxItems ?? Infinity);
    return [
      ...(isCounted ? [] : [`${path}: has ${value.length} items`]),
      ...value.flatMap((item, i) => violations(item, schema.items ?? {}, root, `${path}[${i}]`)),
    ];
  }
  return typeof value === "object" && value !== null ? inObject(value, schema, root, path) : [];
}

function inObject(value: object, schema: Schema, root: Schema, path: string): string[] {
  const missing = (schema.required ?? []).filter((name) => !(name in value));
  return [
    ...missing.map((name) => `${path}: lacks ${name}`),
    ...Object.entries(value).flatMap(([name, item]) => {
      const { properties, additionalProperties: others, propertyNames = {} } = schema;
      const known = properties?.[name] ?? (typeof others === "object" ? others : undefined);
      const problems = violations(name, propertyNames, root, `${path}.${name}`);
      if (known !== undefined)
        return [...problems, ...violations(item, known, root, `${path}.${name}`)];
      return others === false ? [...problems, `${path}: unknown ${name}`] : problems;
    }),
  ];
}

function typeOf(value: unknown, wanted: string): string {
  if (Array.isArray(value)) return "array";
  if (value === null) return "null";
  return wanted === "integer" && Number.isInteger(value) ? "integer" : typeof value;
}
