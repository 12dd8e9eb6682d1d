/** DAP `exceptionInfo`: what the last stop was about. */
import type { DebugProtocol as Dap } from "@vscode/debugprotocol";
import type { Debuggee } from "../debuggee.ts";
import { UserError } from "../errors.ts";
import type { StopExplanation } from "./arrival.ts";

export function exceptionInfoOf(
  reason: StopExplanation | undefined,
  debuggee: Debuggee,
): Dap.ExceptionInfoResponse["body"] {
  if (reason === undefined) throw new UserError(122, "The last stop was not at a kernel event.");
  const { title, text, more } = reason;
  return {
    exceptionId: title,
    description: more ?? text,
    breakMode: "always",
    details: { message: text, typeName: `step ${debuggee.view.steps}` },
  };
}
