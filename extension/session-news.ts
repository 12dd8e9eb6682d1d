/**
 * What the messages between VS Code and the adapter say, reduced to what views, terminal and walkthrough want to know.
 * VS Code tells an extension neither that a session stopped nor which frames it has: both are read in passing.
 */
import {
  type ConsoleEventBody,
  type DiagnosticsEventBody,
  EVENTS,
  REQUESTS,
} from "../debug-adapter/protocol.ts";
import type { Frame } from "./stack-reading.ts";

export type SessionNews =
  | { readonly kind: "running" }
  /** The request to run was refused: it stands where it stood. */
  | { readonly kind: "stayed" }
  | { readonly kind: "stopped"; readonly threadId?: number }
  /** Frames of one thread, from position `start` on. */
  | {
      readonly kind: "frames";
      readonly threadId: number;
      readonly start: number;
      readonly frames: readonly Frame[];
    }
  /** Something other than a stop changed what is shown. */
  | { readonly kind: "invalidated" }
  /** The session runs another program from here on. */
  | { readonly kind: "relaunched"; readonly program: string }
  /** What guests wrote to the console. */
  | { readonly kind: "console"; readonly text: string }
  /** The compiler's findings. */
  | { readonly kind: "diagnostics"; readonly diagnostics: DiagnosticsEventBody["diagnostics"] }
  | { readonly kind: "exited"; readonly status: number }
  | { readonly kind: "ended" };

/** The part of a DAP message that is read here. */
interface Message {
  readonly type?: string;
  readonly seq?: number;
  readonly command?: string;
  readonly event?: string;
  readonly request_seq?: number;
  readonly success?: boolean;
  readonly arguments?: {
    readonly threadId?: number;
    readonly startFrame?: number;
    readonly program?: string;
  };
  readonly body?: {
    readonly threadId?: number;
    readonly exitCode?: number;
    readonly text?: ConsoleEventBody["text"];
    readonly diagnostics?: DiagnosticsEventBody["diagnostics"];
    readonly stackFrames?: readonly {
      readonly id: number;
      readonly name: string;
      readonly presentationHint?: string;
    }[];
  };
}

/** Requests after which the machine runs, unless they are refused. */
const RUNNING = new Set<string>([
  "configurationDone",
  "continue",
  "reverseContinue",
  "next",
  "stepIn",
  "stepOut",
  "stepBack",
  "goto",
  "restartFrame",
  REQUESTS.stepBack,
  REQUESTS.goTo,
  REQUESTS.goToEvent,
  REQUESTS.runTo,
]);

/** Reads one session's messages. A response to `stackTrace` names no thread, so requests are remembered. */
export class NewsReader {
  #relaunched: string | undefined;
  readonly #stackRequests = new Map<number, { threadId: number; start: number }>();

  /** A message from VS Code to the adapter. */
  fromClient(message: Message): SessionNews | undefined {
    const { command = "", seq = -1, arguments: args } = message;
    if (message.type !== "request") return undefined;
    if (command === "stackTrace") {
      this.#stackRequests.set(seq, { threadId: args?.threadId ?? 0, start: args?.startFrame ?? 0 });
    }
    if (command === REQUESTS.relaunch) this.#relaunched = args?.program;
    return RUNNING.has(command) ? { kind: "running" } : undefined;
  }

  /** A message from the adapter to VS Code. */
  fromAdapter(message: Message): SessionNews | undefined {
    if (message.type === "event" && message.event === "initialized") return this.#initialized();
    if (message.type === "event") return newsOfEvent(message);
    if (message.type !== "response") return undefined;
    if (message.command === "stackTrace") return this.#framesOf(message);
    const isRefused = message.success === false && RUNNING.has(message.command ?? "");
    return isRefused ? { kind: "stayed" } : undefined;
  }

  #initialized(): SessionNews | undefined {
    const program = this.#relaunched;
    this.#relaunched = undefined;
    return program === undefined ? undefined : { kind: "relaunched", program };
  }

  #framesOf({ request_seq = -1, body }: Message): SessionNews | undefined {
    const request = this.#stackRequests.get(request_seq);
    this.#stackRequests.delete(request_seq);
    if (request === undefined || body?.stackFrames === undefined) return undefined;
    const frames = body.stackFrames.map(({ id, name, presentationHint }) => ({
      id,
      name,
      isBoundary: presentationHint === "label",
    }));
    return { kind: "frames", ...request, frames };
  }
}

function newsOfEvent({ event, body }: Message): SessionNews | undefined {
  switch (event) {
    case "continued":
      return { kind: "running" };
    case "stopped":
      return {
        kind: "stopped",
        ...(body?.threadId === undefined ? {} : { threadId: body.threadId }),
      };
    case "invalidated":
    case EVENTS.historyChanged:
      return { kind: "invalidated" };
    case EVENTS.console:
      return { kind: "console", text: body?.text ?? "" };
    case EVENTS.diagnostics:
      return { kind: "diagnostics", diagnostics: body?.diagnostics ?? [] };
    case "exited":
      return { kind: "exited", status: body?.exitCode ?? 0 };
    case "terminated":
      return { kind: "ended" };
    default:
      return undefined;
  }
}
