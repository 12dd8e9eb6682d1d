/** The JSON schemas that are generated into extension/schemas, for grading specifications and lessons; they share the conditions'. */
import { checksDefinitions, type Schema } from "./checks/schema.ts";
import { gradeSchema } from "./grading/schema.ts";
import { lessonSchema } from "./lessons/schema.ts";

/** Path of each schema to its text. */
export function schemaFiles(): ReadonlyMap<string, string> {
  const definitions = checksDefinitions();
  const $schema = "http://json-schema.org/draft-07/schema#";
  return new Map([
    [
      "extension/schemas/checks.schema.json",
      textOf({ $schema, title: "Conditions over a run", definitions }),
    ],
    ["extension/schemas/grade.schema.json", textOf(gradeSchema(definitions))],
    ["extension/schemas/lesson.schema.json", textOf(lessonSchema(definitions))],
  ]);
}

const textOf = (schema: Schema): string => `${JSON.stringify(schema, undefined, 1)}\n`;
