/**
 * `exo/breakOn` and `exo/breakOff`: data breakpoints that the client's own list does not have, since its user interface can add
 * none for objects of the kernel. They are listed in the debug console whenever they change.
 */
import type { DataBreakpoints } from "../data-breakpoints.ts";
import { UserError } from "../errors.ts";
import type { BreakOffBody, BreakOnArguments, BreakOnBody } from "../protocol.ts";
import type { SendEvent } from "./server.ts";

export function breakOn(
  breakpoints: DataBreakpoints,
  send: SendEvent,
  args: BreakOnArguments,
): BreakOnBody {
  const { id = 0, verified, message } = breakpoints.breakOn(args);
  if (!verified) throw new UserError(141, message ?? `'${args.dataId}' cannot be watched.`);
  return { id, active: list(breakpoints, send) };
}

/** Without a `dataId`, all of them. */
export function breakOff(
  breakpoints: DataBreakpoints,
  send: SendEvent,
  dataId: string | undefined,
): BreakOffBody {
  const removed = breakpoints.breakOff(dataId);
  return { removed, active: list(breakpoints, send) };
}

function list(breakpoints: DataBreakpoints, send: SendEvent): readonly string[] {
  const active = breakpoints.list();
  const output =
    active.length === 0
      ? "No object of the kernel is watched any more.\n"
      : `Watched objects of the kernel: ${active.join("; ")}.\n`;
  send("output", { category: "console", output });
  return active;
}
