/** The JSON schema of grading specifications, for editors. */
import type { Schema } from "../checks/schema.ts";

const HEAD = "http://json-schema.org/draft-07/schema#";
const DESCRIPTION: Schema = { type: "string", description: "For whoever reads this file." };
const STEPS: Schema = {
  type: "integer",
  minimum: 1,
  maximum: 10_000_000_000,
  description: "Limit of a run in steps (instructions retired and traps taken).",
};
const WORD: Schema = { type: "string", minLength: 1 };
const OBJECT: Schema = { type: "object" };

const oneOrMore = (items: Schema, description: string): Schema => ({
  description,
  oneOf: [items, { type: "array", minItems: 1, items }],
});

/** `definitions` are those of the conditions. */
export function gradeSchema(definitions: Readonly<Record<string, Schema>>): Schema {
  return {
    $schema: HEAD,
    title: "Exoscope grading specification",
    description: "What a program must do on the machine, and how many points that is worth.",
    type: "object",
    required: ["tests"],
    additionalProperties: false,
    properties: {
      $schema: { type: "string" },
      title: { ...WORD, description: "Name of the assignment." },
      description: DESCRIPTION,
      scenario: {
        description:
          "The scenario around the program: its path, or what its file would have. The program alone when missing.",
        oneOf: [WORD, OBJECT],
      },
      submission: oneOrMore(
        WORD,
        "Names of the environments, or paths of the files on the disk, whose program is the one that is graded.",
      ),
      file: { ...WORD, description: "Name of the program's file, where a folder is graded." },
      optimization: { type: "string", enum: ["0", "1", "2", "3", "s"], default: "0" },
      steps: { ...STEPS, default: 20_000_000 },
      runs: {
        type: "object",
        description: "The runs, by name; one of the scenario as it is when missing.",
        additionalProperties: runSchema(),
      },
      tests: { type: "array", minItems: 1, items: testSchema() },
    },
    definitions,
  };
}

function runSchema(): Schema {
  return {
    type: "object",
    additionalProperties: false,
    properties: {
      description: DESCRIPTION,
      steps: STEPS,
      change: {
        ...OBJECT,
        description:
          "A merge patch for the scenario (null takes a key away); its environments are given by name.",
      },
      console: { type: "array", description: "Scripted input, as in a scenario.", items: OBJECT },
      seeds: {
        type: "array",
        minItems: 1,
        description: "A run for each: the number takes the place of the word seed in $ and braces.",
        items: { type: "integer", minimum: 0, maximum: 4_294_967_295 },
      },
      powerFailure: {
        type: "object",
        additionalProperties: false,
        required: ["beforeWrite"],
        properties: {
          beforeWrite: {
            description:
              "Before which write to the disk the power fails; each: a run for every write.",
            oneOf: [
              { type: "integer", minimum: 1 },
              { type: "string", enum: ["each"] },
            ],
          },
          mode: { type: "string", enum: ["drop", "keep", "random"], default: "drop" },
          seed: { type: "integer", minimum: 0, maximum: 4_294_967_295, default: 1 },
          most: { type: "integer", minimum: 1, maximum: 10_000, default: 200 },
        },
      },
    },
  };
}

function testSchema(): Schema {
  return {
    type: "object",
    additionalProperties: false,
    required: ["name", "conditions"],
    properties: {
      name: { ...WORD, description: "What is tested, as students read it." },
      description: DESCRIPTION,
      points: { type: "number", minimum: 0, maximum: 1_000_000, default: 1 },
      runs: oneOrMore(WORD, "Names of the runs in which it must pass; all of them when missing."),
      conditions: { type: "array", minItems: 1, items: { $ref: "#/definitions/condition" } },
    },
  };
}
