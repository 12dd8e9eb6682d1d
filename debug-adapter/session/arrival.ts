/** What a client is told where a run or step has come to: a stop with its words, or the end of the session. */
import { describeEvent, type KernelEvent } from "#exokernel";
import type { Debuggee } from "../debuggee.ts";
import type { EventFilters } from "../event-filters.ts";
import { explainLastWords } from "../explanations.ts";
import type { LaunchArguments } from "../protocol.ts";
import type { Halt } from "../run/run-control.ts";
import type { StepEnd } from "../run/stepper.ts";
import { type BoundaryFrame, stackOf } from "../stack.ts";
import { threadsOf } from "./threads.ts";

/** Exit status when the kernel destroyed the first program: what shells say for a crash (128 + SIGSEGV). */
export const STATUS_DESTROYED = 139;

export type Arrival =
  | {
      readonly kind: "stop";
      readonly reason: string;
      readonly thread: number;
      readonly text?: string;
      readonly description?: string;
      readonly hitIds?: readonly number[];
      /** What `exceptionInfo` says of it. */
      readonly explanation?: StopExplanation;
      /** The run has ended, and the session has not. */
      readonly over?: Halt;
      /** The frames of the libOS above the first boundary are not what matters. */
      readonly below?: true;
    }
  | { readonly kind: "exit"; readonly end: Halt };

/** What a stop was about: a title, a sentence, and for a trap or refusal who, why and what now, in a few more. */
export interface StopExplanation {
  readonly title: string;
  readonly text: string;
  readonly more?: string;
}

export interface ArrivalParts {
  readonly explain: (event: KernelEvent) => string | undefined;
  readonly debuggee: Debuggee;
  readonly filters: EventFilters;
  readonly args: LaunchArguments;
  /** Ids of the breakpoints that the last accepted place was for, and what is wrong with the condition of one. */
  readonly breakpoints: {
    readonly hitIds: readonly number[];
    readonly problem: string | undefined;
  };
}

/** `reason` is why the client let it run: "continue", "step", "entry" or "goto". */
export function arrivalAt(end: StepEnd, reason: string, parts: ArrivalParts): Arrival {
  const { debuggee, args, breakpoints } = parts;
  const thread = debuggee.view.running || debuggee.firstId;
  switch (end.kind) {
    case "stepped":
    case "kernel":
      return { kind: "stop", reason, thread: end.environment };
    case "place":
    case "breakpoint": {
      const { hitIds, problem } = breakpoints;
      return {
        kind: "stop",
        reason: "breakpoint",
        thread: end.environment,
        hitIds,
        ...(problem !== undefined && { text: problem, description: "condition without an answer" }),
      };
    }
    case "watch": {
      const { environment, text, hitIds } = end;
      return { kind: "stop", reason: "data breakpoint", thread: environment, text, hitIds };
    }
    case "event":
      return atEvent(end.event, parts);
    case "lastWords":
      return atLastWords(end.environment, debuggee);
    case "died":
      return afterDeath(end.environment, reason, parts);
    case "paused":
      return { kind: "stop", reason: "pause", thread };
    case "limit":
      return {
        kind: "stop",
        reason: "pause",
        thread,
        text: `The limit of ${args.maxSteps} steps is reached.`,
      };
    case "powerFailed":
      return afterPowerFailure(debuggee, thread);
    case "startOfHistory":
      return {
        kind: "stop",
        reason: "entry",
        thread,
        text: "This is the start of the history: the programs are loaded and none has run.",
        description: "start of the history",
      };
    case "endOfHistory":
      return threadsOf(debuggee).length === 0
        ? atEnd({ kind: "exited" }, reason, debuggee)
        : {
            kind: "stop",
            reason: "pause",
            thread,
            text: "This is the end of the recording. Going on from here adds to it.",
            description: "end of the history",
          };
    case "exited":
    case "idle":
      // Whoever stepped into the end wants to look, and to go back.
      return args.noDebug !== true && (args.stopAtEnd === true || reason !== "continue")
        ? atEnd(end, reason, debuggee)
        : { kind: "exit", end };
  }
}

/** The exit status of a run that has ended. */
export function exitCodeOf(debuggee: Debuggee): number {
  const { timeline, firstId } = debuggee;
  const isEnd = (event: KernelEvent) => event.kind === "destroyed" && event.target === firstId;
  const end = timeline.events(isEnd).at(-1);
  const isForced = end?.kind === "destroyed" && end.because !== "it destroyed itself";
  return isForced ? STATUS_DESTROYED : debuggee.exitStatus;
}

function atEnd(end: Halt, reason: string, debuggee: Debuggee): Arrival {
  const what =
    end.kind === "idle"
      ? "Nobody can run any more"
      : `The program has ended, status ${debuggee.exitStatus}`;
  return {
    kind: "stop",
    reason: reason === "continue" ? "pause" : reason,
    thread: debuggee.firstId,
    text: `${what}. Go back, or continue to end the session.`,
    description: "end of the run",
    over: end,
  };
}

function atEvent(event: KernelEvent, { debuggee, filters, explain }: ArrivalParts): Arrival {
  const more = explain(event);
  const { title, text } = filters.explain(event);
  const explanation = { title, text, ...(more === undefined ? {} : { more }) };
  const thread = event.kind === "transfer" ? debuggee.view.running : event.environment;
  return {
    kind: "stop",
    reason: "exception",
    thread: thread || debuggee.firstId,
    text,
    description: title,
    explanation,
  };
}

function afterPowerFailure(debuggee: Debuggee, thread: number): Arrival {
  const isFailure = ({ kind }: KernelEvent) => kind === "powerFailed" || kind === "kernelFailed";
  const [before, last] = debuggee.timeline.events(isFailure).slice(-2);
  const event = before?.kind === "kernelFailed" ? before : (last ?? before);
  const what =
    event === undefined ? "The power is off" : describeEvent(event, (id) => debuggee.nameOf(id));
  const text = `${what}. Continue switches it on again: the programs start anew on what the disk holds.`;
  const title = event?.kind === "kernelFailed" ? "kernel failure" : "power failure";
  return {
    kind: "stop",
    reason: "exception",
    thread,
    text,
    description: title,
    explanation: { title, text },
  };
}

/** The environment of a step is gone: the step has ended with it, and so has the run if nobody is left. */
function afterDeath(environment: number, reason: string, parts: ArrivalParts): Arrival {
  const { debuggee } = parts;
  const [left] = threadsOf(debuggee);
  if (left === undefined) return arrivalAt({ kind: "exited" }, reason, parts);
  const thread = debuggee.view.running || left.id;
  const text = `${debuggee.nameOf(environment)} has ended.`;
  return { kind: "stop", reason: "step", thread, text };
}

/** The libOS has found nothing to mend it: the place that matters is what it was called for, not its own last function. */
function atLastWords(environment: number, debuggee: Debuggee): Arrival {
  const boundary = stackOf(debuggee, environment).find((frame) => frame.kind === "boundary");
  const text = `${debuggee.nameOf(environment)}: ${lastWordsOf(boundary)}`;
  const title = "the libOS ends the program";
  const more = explainLastWords(debuggee, environment, boundary?.activation);
  return {
    kind: "stop",
    reason: "exception",
    thread: environment,
    text,
    description: title,
    explanation: { title, text, more },
    below: true,
  };
}

/** What a libOS could not mend: the upcall that it handles, or nothing but its own decision to abort. */
function lastWordsOf(boundary: BoundaryFrame | undefined): string {
  return boundary === undefined
    ? "the program aborts"
    : `${boundary.text.replace(/^upcall: /, "")}, which its libOS cannot mend: it ends the program`;
}
