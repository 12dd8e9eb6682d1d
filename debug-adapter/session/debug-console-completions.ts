/** What the Debug Console offers while an expression is typed, as DAP says it. */
import type { DebugProtocol as Dap } from "@vscode/debugprotocol";
import { type Completion, completionsAt } from "../values/completions.ts";

const TYPES: Record<Completion["kind"], Dap.CompletionItemType> = {
  variable: "variable",
  field: "field",
  function: "function",
  enum: "enum",
  register: "value",
};

export function debugConsoleCompletions(
  { text, column }: Dap.CompletionsArguments,
  access: Parameters<typeof completionsAt>[2],
): Dap.CompletionItem[] {
  return completionsAt(text, column - 1, access).map(({ label, kind, detail, start, length }) => ({
    label,
    type: TYPES[kind],
    start,
    length,
    ...(detail === undefined ? {} : { detail }),
  }));
}
