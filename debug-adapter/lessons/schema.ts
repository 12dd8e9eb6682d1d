/** The JSON schema of lesson files, for editors: what read-lesson.ts reads. */
import type { Schema } from "../checks/schema.ts";

const text = (description: string): Schema => ({ type: "string", minLength: 1, description });
const texts = (description: string): Schema => ({
  type: "array",
  items: { type: "string" },
  description,
});
const named = (values: Schema, description: string): Schema => ({
  type: "object",
  additionalProperties: values,
  description,
});
const WORD: Schema = { type: "string", minLength: 1 };

const RUN = {
  scenario: {
    type: "string",
    pattern: "\\.(c|elf|exo\\.json)$",
    description: "What is run: a C file, an executable or a scenario, relative to the lesson.",
  },
  args: texts(
    "Arguments of a program that is run alone; a parameter's name in $ and braces is its value.",
  ),
  environments: named(
    { type: "array", items: { type: "string" } },
    "Arguments of a scenario's environments, by their names, in place of what it says.",
  ),
};

const occurrence = (description: string): Schema => ({
  $ref: "#/definitions/occurrence",
  description,
});
const CONDITIONS = {
  type: "array",
  items: { $ref: "#/definitions/condition" },
  description: "What must be true of the run.",
};

/** `definitions` are those of the conditions. */
export function lessonSchema(definitions: Readonly<Record<string, Schema>>): Schema {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Exoscope lesson",
    description:
      "A lesson: steps that are moments of a run, with predictions that are answered from it.",
    type: "object",
    required: ["title", "steps"],
    additionalProperties: false,
    properties: {
      $schema: { type: "string" },
      title: text("What the lesson is called."),
      description: text("What it is about, in a sentence or two."),
      misconception: text("What students believe that is not so: the lesson attacks it."),
      minutes: { type: "integer", minimum: 1, description: "How long it takes." },
      next: text("The file of the lesson after this one."),
      ...RUN,
      parameters: named(
        { type: "array", items: WORD, minItems: 1 },
        "Values that a seed draws from; the first of each is the lesson as it is written. The name in $ and braces stands for it anywhere in the file.",
      ),
      steps: { type: "array", minItems: 1, items: STEP, description: "The steps." },
      check: CONDITIONS,
      broken: {
        type: "array",
        items: BROKEN,
        description:
          "Programs with a mistake, for each of which the check must fail, at a given event.",
      },
    },
    definitions: {
      ...definitions,
      ...withParameters(definitions),
      prediction: PREDICTION,
      answer: ANSWER,
    },
  };
}

/** Where a number is asked for there may be a parameter instead. */
function withParameters({
  number,
  integer,
}: Readonly<Record<string, Schema>>): Record<string, Schema> {
  const parameter = {
    type: "string",
    pattern: "^\\s*(>=?|<=?|={1,2}|!=|%)?\\s*\\$\\{\\w+\\}\\s*$",
    description: "A parameter.",
  };
  const or = (schema: Schema = {}) => ({
    ...schema,
    oneOf: [...((schema["oneOf"] as Schema[] | undefined) ?? []), parameter],
  });
  return { number: or(number), integer: or(integer) };
}

const STEP = {
  type: "object",
  required: ["title", "description"],
  additionalProperties: false,
  properties: {
    title: text("A few words."),
    description: text("Markdown: what is to be seen here."),
    file: text("The source in which it stands, relative to the lesson."),
    marker: text(
      "The name in a comment '//@step name' at the end of a line of the file. The step stands where that line is reached first.",
    ),
    pattern: text("A regular expression that a line of the file fits, in place of a marker."),
    view: text(
      "A view to show, by its id: exoscope.pages, exoscope.capabilities, exoscope.environments, exoscope.history.",
    ),
    commands: texts("Commands of VS Code to run when the step is opened."),
    ...RUN,
    until: occurrence("Where the step stands, in place of its marker."),
    predict: { $ref: "#/definitions/prediction" },
    // biome-ignore lint/suspicious/noThenProperty: it is the file's word.
    then: occurrence("Where the answer is seen: the player goes there when it was predicted."),
    reveal: text(
      "Markdown that is shown after the answer; the JSON of a computed value in $ and braces is the run's value.",
    ),
    check: CONDITIONS,
    notes: text("For whoever teaches; shown while presenting."),
  },
  defaultSnippets: [
    {
      label: "A step with a prediction",
      body: {
        title: "$1",
        description: "$2",
        file: "$3",
        marker: "$4",
        predict: { kind: "number", ask: "$5", answerFrom: { count: { event: "upcall" } } },
        reveal: "$6",
      },
    },
  ],
};

const PREDICTION = {
  type: "object",
  required: ["kind", "ask", "answerFrom"],
  additionalProperties: false,
  description: "What is asked before it is shown.",
  properties: {
    kind: {
      type: "string",
      enum: ["choice", "number", "frame", "text"],
      description: "How it is answered: one of the options, a number, a physical page, or a word.",
    },
    ask: text("The question."),
    options: named(WORD, "Of a choice: what is shown, by the key that answerFrom and wrong name."),
    answerFrom: { $ref: "#/definitions/answer" },
    wrong: named(
      WORD,
      "What to say to an answer that is wrong, by the answer or the option's key.",
    ),
    hints: { type: "array", items: WORD, description: "Hints, from the gentlest to the plainest." },
  },
};

const ANSWER = {
  description: "What is right: a computed value, or one or another by what is true of the run.",
  oneOf: [
    { $ref: "#/definitions/computed" },
    {
      type: "object",
      description: "By what is true of the run.",
      additionalProperties: false,
      required: ["if", "then", "else"],
      properties: {
        if: { $ref: "#/definitions/condition" },
        // biome-ignore lint/suspicious/noThenProperty: it is the file's word.
        then: { $ref: "#/definitions/answer" },
        else: { $ref: "#/definitions/answer" },
      },
    },
  ],
};

const BROKEN = {
  type: "object",
  required: ["scenario", "because", "at"],
  additionalProperties: false,
  properties: {
    ...RUN,
    because: text("What is wrong with it, in a sentence."),
    at: occurrence("What happens where it goes wrong."),
    check: CONDITIONS,
  },
};
