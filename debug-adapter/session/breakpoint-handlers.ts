/** The requests that are about breakpoints of all kinds but the filters of kernel events. */
import type { Breakpoints } from "../breakpoints.ts";
import type { DataBreakpoints } from "../data-breakpoints.ts";
import type { Debuggee } from "../debuggee.ts";
import { breakOff, breakOn } from "./break-on.ts";
import { dataBreakpointInfo } from "./data-breakpoint-info.ts";
import type { Inspector } from "./inspector.ts";
import type { Handlers } from "./requests.ts";
import type { SendEvent } from "./server.ts";

interface Parts {
  readonly debuggee: Debuggee;
  readonly breakpoints: Breakpoints;
  readonly dataBreakpoints: DataBreakpoints;
  readonly inspector: Inspector;
}

/** What of a session these requests need. */
export interface BreakpointSession {
  /** Throws when nothing is launched; `stopped` also when it runs. */
  readonly now: () => Parts;
  readonly stopped: () => Parts;
  readonly send: SendEvent;
  /** Arguments about the guest's own frame where a client names the kernel's above it. */
  readonly guestFrame: <Args extends object>(args: Args) => Args;
}

type Names =
  | "setBreakpoints"
  | "setFunctionBreakpoints"
  | "setInstructionBreakpoints"
  | "dataBreakpointInfo"
  | "setDataBreakpoints"
  | "breakpointLocations"
  | "exo/breakOn"
  | "exo/breakOff";

export function breakpointHandlers({
  now,
  stopped,
  send,
  guestFrame,
}: BreakpointSession): Pick<Handlers, Names> {
  return {
    setBreakpoints: ({ source, breakpoints }) => ({
      breakpoints: now().breakpoints.setSource(source.path ?? "", breakpoints ?? []),
    }),
    setFunctionBreakpoints: ({ breakpoints }) => ({
      breakpoints: now().breakpoints.setFunctions(breakpoints),
    }),
    setInstructionBreakpoints: ({ breakpoints }) => ({
      breakpoints: now().breakpoints.setInstructions(breakpoints, now().inspector.focus),
    }),
    dataBreakpointInfo: (args) => {
      const { debuggee, inspector, dataBreakpoints } = stopped();
      return dataBreakpointInfo(debuggee, inspector, dataBreakpoints, guestFrame(args));
    },
    setDataBreakpoints: ({ breakpoints }) => ({
      breakpoints: now().dataBreakpoints.set(breakpoints),
    }),
    breakpointLocations: ({ source, line, endLine }) => ({
      breakpoints: now()
        .breakpoints.linesWithCode(source.path ?? "")
        .filter((candidate) => candidate >= line && candidate <= (endLine ?? line))
        .map((candidate) => ({ line: candidate })),
    }),
    "exo/breakOn": (args) => breakOn(now().dataBreakpoints, send, args),
    "exo/breakOff": (args) => breakOff(now().dataBreakpoints, send, args?.dataId),
  };
}
