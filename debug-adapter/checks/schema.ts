/** The JSON schema of conditions, occurrences and computed values, for editors: what is read by read.ts, from the same tables. */
import { EVENT_FIELDS, EVENT_KINDS, type FieldKind, WORDS } from "./event-fields.ts";
import { HOLDINGS } from "./syntax.ts";

export type Schema = Readonly<Record<string, unknown>>;

const ref = (name: string): Schema => ({ $ref: `#/definitions/${name}` });
const text = (description: string): Schema => ({ type: "string", minLength: 1, description });
const listOf = (items: Schema, minItems = 1): Schema => ({ type: "array", minItems, items });
const oneOrMore = (items: Schema): Schema => ({ oneOf: [items, listOf(items)] });

/** An object with the key that tells what it is, and others that it may have. */
function form(description: string, required: readonly string[], properties: Schema): Schema {
  return { type: "object", description, additionalProperties: false, required, properties };
}

const described = (schema: Schema, description: string): Schema => ({ ...schema, description });

const OCCURRENCE = {
  env: text("Only by, or in, the environment of this name; * stands for anything."),
  nth: {
    type: "integer",
    not: { enum: [0] },
    description: "Which one is meant: 1 the first, 2 the second, -1 the last.",
  },
};
const CONDITION = text("Only where this C expression is true.");

const HINT = text("A sentence for who fails this, after the reason.");
const STRETCH = {
  after: described(ref("occurrence"), "Only after this has happened."),
  before: described(ref("occurrence"), "Only before this happens."),
  between: {
    type: "array",
    minItems: 2,
    maxItems: 2,
    items: ref("occurrence"),
    description: "Only between these two.",
  },
};
const ENV = text(
  "Name of the environment; the first program's, or the one to which it happened, when missing.",
);
const FRAME = text("The function in whose frame it is evaluated.");
const AT = described(ref("occurrence"), "The moment; the end when missing.");
const HOLDING = { type: "string", enum: HOLDINGS };
const EACH = described(ref("occurrence"), "Every time that this happens.");

/** Definitions for a schema that refers to `condition`, `occurrence` or `computed`. */
export function checksDefinitions(): Readonly<Record<string, Schema>> {
  return {
    number: {
      description: 'A number: 4, "0x40", ">= 4", or from one to another.',
      oneOf: [
        { type: "integer" },
        {
          type: "string",
          pattern: "^\\s*(0x[0-9A-Fa-f]+|-?\\d+|(>=?|<=?|={1,2}|!=|%)\\s*\\d+)\\s*$",
        },
        form("From one number to another.", ["from", "to"], {
          from: ref("integer"),
          to: ref("integer"),
        }),
      ],
    },
    integer: {
      oneOf: [{ type: "integer" }, { type: "string", pattern: "^(0x[0-9A-Fa-f]+|-?\\d+)$" }],
    },
    occurrence: {
      description: "Something that happens.",
      oneOf: [
        { type: "string", enum: ["start", "end"] },
        form("A kernel event.", ["event"], {
          event: oneOrMore({ type: "string", enum: EVENT_KINDS }),
          text: text("A part of the sentence that exo trace prints for it."),
          if: CONDITION,
          ...OCCURRENCE,
          ...fieldSchemas(),
        }),
        form("A marked line is reached.", ["marker"], {
          marker: text("The line marked //@step with this name."),
          file: text("The source, where several have the mark."),
          if: CONDITION,
          ...OCCURRENCE,
        }),
        form("A function is entered.", ["function"], {
          function: text("Its name."),
          if: CONDITION,
          ...OCCURRENCE,
        }),
        form("A text is written on the console.", ["output"], {
          output: text("The text."),
          ...OCCURRENCE,
        }),
      ],
    },
    condition: { description: "What must be so.", oneOf: conditionForms() },
    computed: {
      description: "A number or a text that the run gives.",
      oneOf: [{ type: "integer" }, { type: "string" }, ...computedForms()],
    },
  };
}

/** Every field of any event: which of them a kind has, the reader says. */
function fieldSchemas(): Readonly<Record<string, Schema>> {
  const kinds = new Map<string, Set<FieldKind>>();
  for (const fields of Object.values(EVENT_FIELDS)) {
    for (const [name, kind] of Object.entries<FieldKind>(fields)) {
      if (kind !== "none") kinds.set(name, (kinds.get(name) ?? new Set()).add(kind));
    }
  }
  return Object.fromEntries(
    [...kinds].map(([name, found]) => {
      const forms = new Map([...found].map((kind) => [JSON.stringify(fieldSchema(kind)), kind]));
      const [first, ...others] = [...forms.values()].map(fieldSchema);
      return [name, others.length === 0 ? (first as Schema) : { oneOf: [first, ...others] }];
    }),
  );
}

function fieldSchema(kind: FieldKind): Schema {
  switch (kind) {
    case "number":
    case "numbers":
      return ref("number");
    case "flag":
      return { type: "boolean" };
    case "environment":
      return text("Name of an environment.");
    case "rights":
      return { type: "string", pattern: "^[rwxgc]+$", description: "Rights such as rw." };
    // Causes of upcalls have those of the machine among them.
    case "trap":
    case "cause":
    case "entry":
      return { type: "string", enum: WORDS.cause };
    case "resource":
      return { type: "string", enum: WORDS.resource };
    default:
      return { type: "string", minLength: 1 };
  }
}

function conditionForms(): Schema[] {
  const hint = HINT;
  const what = ref("occurrence");
  return [
    form("It happens, so often.", ["happens"], {
      happens: what,
      times: ref("number"),
      hint,
      ...STRETCH,
    }),
    form("It never happens.", ["never"], { never: what, hint, ...STRETCH }),
    form("They happen in this order.", ["order"], {
      order: listOf({
        oneOf: [what, form("This does not happen between its neighbours.", ["not"], { not: what })],
      }),
      hint,
      ...STRETCH,
    }),
    form("After every one there is another.", ["every", "followedBy"], {
      every: what,
      followedBy: what,
      unless: described(what, "It must come before the next one of these."),
      steps: { type: "integer", minimum: 0, description: "It must come within so many steps." },
      hint,
      after: STRETCH.after,
      between: STRETCH.between,
    }),
    form("The console's output.", ["output"], {
      output: {
        oneOf: [
          form("It has these texts, in this order.", ["contains"], {
            contains: oneOrMore(text("A text.")),
          }),
          form("It has none of these texts.", ["lacks"], { lacks: oneOrMore(text("A text.")) }),
          form("It is this.", ["equals"], { equals: { type: "string" } }),
          form("It matches a regular expression.", ["matches"], {
            matches: text("The expression."),
          }),
          form("It has these lines in any order, and no others.", ["lines"], {
            lines: listOf(text("A line."), 0),
          }),
        ],
      },
      env: ENV,
      hint,
    }),
    form("The exit status of an environment.", ["exit"], { exit: ref("number"), env: ENV, hint }),
    form("A C expression is true.", ["holds"], {
      holds: text("The expression."),
      env: ENV,
      frame: FRAME,
      at: AT,
      each: EACH,
      hint,
    }),
    form("The kernel's invariants hold.", ["invariants"], {
      invariants: { type: "string", enum: ["hold"] },
      at: AT,
      each: EACH,
      hint,
    }),
    form("An environment has what it had.", ["unchanged"], {
      unchanged: {
        oneOf: [HOLDING, form("The value of an expression.", ["value"], { value: text("It.") })],
      },
      env: ENV,
      hint,
      ...STRETCH,
    }),
    form("An environment still has what it had, and may have more.", ["kept"], {
      kept: HOLDING,
      env: ENV,
      hint,
      ...STRETCH,
    }),
    form("A computed number.", ["number", "is"], {
      number: ref("computed"),
      is: {
        description: "A number, or another computed value.",
        oneOf: [ref("number"), ...computedForms()],
      },
      hint,
    }),
    form("The run comes to its end.", ["ends"], { ends: { type: "boolean", enum: [true] }, hint }),
    form("All of these hold.", ["all"], { all: listOf(ref("condition")), hint }),
    form("One of these holds.", ["any"], { any: listOf(ref("condition")), hint }),
    form("This does not hold.", ["not"], { not: ref("condition"), hint }),
  ];
}

function computedForms(): Schema[] {
  const what = ref("occurrence");
  const numbers = listOf(ref("computed"), 2);
  return [
    form("How often it happens.", ["count"], { count: what, ...STRETCH }),
    form("The value of a C expression.", ["value"], {
      value: text("The expression."),
      env: ENV,
      frame: FRAME,
      at: AT,
    }),
    form("Steps from one moment to another.", ["steps"], {
      steps: { type: "array", minItems: 2, maxItems: 2, items: what },
    }),
    form("What a field of an event says.", ["field", "of"], {
      field: text("The field."),
      of: what,
    }),
    form("The name of the environment that caused it.", ["environment"], { environment: what }),
    form("The function in which an environment stands.", ["functionAt"], {
      functionAt: what,
      env: ENV,
    }),
    form("The line at which an environment stands.", ["lineAt"], { lineAt: what, env: ENV }),
    form("How many of these an environment has.", ["held"], { held: HOLDING, env: ENV, at: AT }),
    form("How many pages are free.", ["freePages"], { freePages: what }),
    form("An exit status.", ["exitStatus"], {
      exitStatus: { oneOf: [text("Name of the environment."), { type: "boolean", enum: [true] }] },
    }),
    form("What a regular expression finds in the output.", ["fromOutput"], {
      fromOutput: text("The expression; its first group, if it has one."),
      env: ENV,
    }),
    form("The sum of these.", ["sum"], { sum: numbers }),
    form("The first less the second.", ["difference"], {
      difference: { type: "array", minItems: 2, maxItems: 2, items: ref("computed") },
    }),
    form("The product of these.", ["product"], { product: numbers }),
  ];
}
