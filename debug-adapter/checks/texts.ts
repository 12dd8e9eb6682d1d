/** Conditions and moments as people read them. */
import type { Happening } from "./observation.ts";
import type { Occurrence, Stretch } from "./syntax.ts";

export const stepText = (step: number): string => `step ${step.toLocaleString("en-US")}`;

/** A guest's text in a sentence of ours: nothing in it can pass for one. */
export function quoted(text: string, room = 80): string {
  const shown = text.length > room ? `${text.slice(0, room)}...` : text;
  // JSON leaves what no terminal should get: C1 controls, and what turns the direction of writing.
  return JSON.stringify(shown).replace(
    /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** `upcall (cause store page fault) in client`. */
export function occurrenceText(occurrence: Occurrence): string {
  const { env, condition } = occurrence;
  const nth = occurrence.nth === 1 ? "" : `${nthText(occurrence.nth)} `;
  const where = env === undefined ? "" : occurrence.kind === "event" ? ` by ${env}` : ` in ${env}`;
  const only = condition === undefined ? "" : ` where ${condition}`;
  return `${nth}${whatText(occurrence)}${where}${only}`;
}

function whatText(occurrence: Occurrence): string {
  switch (occurrence.kind) {
    case "event": {
      const fields = occurrence.fields.map(({ name, wanted }) => {
        const value = typeof wanted === "object" ? wanted.text : String(wanted);
        return `${name} ${value}`;
      });
      if (occurrence.text !== undefined) fields.push(`"${occurrence.text}"`);
      const kinds = occurrence.kinds.map(spaced).join(" or ");
      return fields.length === 0 ? `'${kinds}'` : `'${kinds}' (${fields.join(", ")})`;
    }
    case "marker":
      return `the line marked '${occurrence.name}'`;
    case "function":
      return `a call of ${occurrence.name}`;
    case "output":
      return `the output ${quoted(occurrence.text)}`;
    case "start":
    case "end":
      return `the ${occurrence.kind}`;
  }
}

/** Where a stretch begins and ends, for the end of a phrase. */
export function stretchText({ after, before }: Stretch): string {
  if (after !== undefined && before !== undefined) {
    return ` between ${occurrenceText(after)} and ${occurrenceText(before)}`;
  }
  if (after !== undefined) return ` after ${occurrenceText(after)}`;
  return before === undefined ? "" : ` before ${occurrenceText(before)}`;
}

/** `at step 1,234 (client: upcall: store page fault at 0x40)`. */
export function happeningText({ at, name, event, text }: Happening): string {
  return `at ${stepText(at.step)} (${event === undefined ? text : `${name}: ${text}`})`;
}

export function timesText(count: number): string {
  return count === 0 ? "never" : count === 1 ? "once" : `${count.toLocaleString("en-US")} times`;
}

function nthText(nth: number): string {
  if (nth === -1) return "last";
  if (nth < 0) return `${-nth}th from the last`;
  return nth === 2 ? "second" : nth === 3 ? "third" : `${nth}th`;
}

const spaced = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

export const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
