/** What a reader is told of a kernel call where its name stands in a program: as Markdown, from the table of the interface. */
import { CALLS, type CallName, type CallRow, ERRORS, type ErrorName } from "#exokernel";
import type { GuardOfCall } from "./call-guards.ts";

export interface KernelCallText {
  readonly row: CallRow;
  /** `exo_page_alloc` */
  readonly function: string;
  readonly guards: readonly GuardOfCall[];
}

/** Every kernel call by its C function. */
export function kernelCalls(
  guards: ReadonlyMap<string, readonly GuardOfCall[]>,
): Map<string, KernelCallText> {
  return new Map(
    (Object.entries(CALLS) as [CallName, CallRow][]).map(([name, row]) => {
      const called = `exo_${row.name}`;
      return [called, { row, function: called, guards: guards.get(name) ?? [] }];
    }),
  );
}

/** `prototype` is the declaration in the header; without it the names of the parameters stand. */
export function kernelCallHover(
  { row, guards, ...call }: KernelCallText,
  prototype?: string,
): string {
  const names = row.parameters.map(({ name }) => name).join(", ");
  const errors = [...new Set(guards.map(({ error }) => error))];
  return [
    `\`\`\`c\n${prototype ?? `int ${call.function}(${names})`}\n\`\`\``,
    `**Kernel call 0x${row.number.toString(16)}.** ${row.meaning}`,
    row.parameters
      .map(({ name, meaning }, index) => `- \`${name}\` (a${index}): ${meaning}`)
      .join("\n"),
    `Returns ${row.result}.`,
    guards.length === 0
      ? ""
      : `Guards, in order; the first that does not hold refuses the call:\n\n${guards
          .map(
            ({ name, error, isStructural, isForOthers }, index) =>
              `${index + 1}. ${name} (\`EXO_E_${error}\`)${isStructural ? ", structural" : ""}${isForOthers ? ", where `environment` is not 0" : ""}`,
          )
          .join("\n")}`,
    errors.length === 0
      ? ""
      : `Errors:\n\n${errors.map((error) => `- \`EXO_E_${error}\` (${ERRORS[error as ErrorName].code}): ${ERRORS[error as ErrorName].text}`).join("\n")}`,
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** The line of a call's heading in the document of the interface, from 0. */
export function headingLine(document: string, row: CallRow): number {
  const at = document.indexOf(`### ${row.name} (0x`);
  return at < 0 ? 0 : document.slice(0, at).split("\n").length - 1;
}
