/** A DAP client in the same process: sends requests to a session's handlers and keeps its events. */
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { DebugProtocol as Dap } from "@vscode/debugprotocol";
import { readKernelSource } from "../../tools/kernel-source.mjs";
import { nodeHost } from "../host.ts";
import { NodeBuilder } from "../node-builder.ts";
import type { LaunchArguments } from "../protocol.ts";
import type { Handlers, RequestName, Requests } from "../session/requests.ts";
import { makeSession, type SessionParts } from "../session/session.ts";

export const ROOT = join(import.meta.dirname, "../..");
/** What a packaged adapter gets from its build. */
export const KERNEL_SOURCE = readKernelSource();
export const WORKSPACE = join(ROOT, "test-workspace");

interface Sent {
  readonly event: string;
  readonly body: unknown;
}

export interface StoppedBody {
  readonly reason: string;
  readonly threadId: number;
  readonly text?: string;
  readonly description?: string;
  readonly hitBreakpointIds?: readonly number[];
}

/** What a session came to: a stop, or its end. */
export type Arrival =
  | { readonly kind: "stopped"; readonly body: StoppedBody }
  | { readonly kind: "ended"; readonly exitCode: number | undefined };

export class DapClient {
  readonly events: Sent[] = [];
  readonly #handlers: Handlers;
  #waiters: (() => void)[] = [];
  #seen = 0;

  /** `makeBuilder` stands in for this machine's compiler. */
  constructor(
    makeBuilder: SessionParts["makeBuilder"] = ({ log, diagnostics }) =>
      new NodeBuilder(ROOT, { log, diagnostics }),
  ) {
    this.#handlers = makeSession(
      (event, body) => {
        this.events.push({ event, body });
        for (const wake of this.#waiters.splice(0)) wake();
      },
      { host: nodeHost, makeBuilder, kernelSource: KERNEL_SOURCE },
    );
  }

  async request<Name extends RequestName>(
    command: Name,
    args: Requests[Name][0],
  ): Promise<Requests[Name][1]> {
    const handler = this.#handlers[command] as (a: unknown) => unknown;
    return (await handler(args)) as Requests[Name][1];
  }

  /** Launches, sets breakpoints as a client would, and lets it run. */
  async launch(
    args: Partial<LaunchArguments> & { readonly program: string },
    breakpoints: readonly BreakpointSpec[] = [],
    filters?: readonly (string | Dap.ExceptionFilterOptions)[],
  ): Promise<Dap.Breakpoint[]> {
    await this.request("initialize", { adapterID: "exoscope" });
    const program = args.program.startsWith("/") ? args.program : join(WORKSPACE, args.program);
    const launched = this.request("launch", { ...args, program });
    launched.catch(() => this.events.push({ event: "launch-failed", body: undefined }));
    await Promise.race([this.waitFor("initialized"), launched]);
    const set = await this.setBreakpoints(breakpoints);
    const names = filters ?? ["fatal"];
    await this.request("setExceptionBreakpoints", {
      filters: names.filter((filter) => typeof filter === "string"),
      filterOptions: names.filter((filter) => typeof filter !== "string"),
    });
    await this.request("configurationDone", undefined);
    await launched;
    return set;
  }

  async setBreakpoints(breakpoints: readonly BreakpointSpec[]): Promise<Dap.Breakpoint[]> {
    const byPath = new Map<string, Dap.SourceBreakpoint[]>();
    for (const { file, marker, ...rest } of breakpoints) {
      const path = file.startsWith("/") ? file : join(WORKSPACE, file);
      byPath.set(path, [...(byPath.get(path) ?? []), { line: markerLine(path, marker), ...rest }]);
    }
    const set: Dap.Breakpoint[] = [];
    for (const [path, list] of byPath) {
      const body = await this.request("setBreakpoints", { source: { path }, breakpoints: list });
      set.push(...body.breakpoints);
    }
    return set;
  }

  async waitFor(event: string): Promise<unknown> {
    for (;;) {
      const found = this.events.find((sent) => sent.event === event);
      if (found !== undefined) return found.body;
      await this.#nextEvent();
    }
  }

  /** The next stop or the end of the session. */
  async arrival(): Promise<Arrival> {
    for (;;) {
      while (this.#seen < this.events.length) {
        const { event, body } = this.events[this.#seen] as Sent;
        this.#seen += 1;
        if (event === "stopped") return { kind: "stopped", body: body as StoppedBody };
        if (event === "terminated") {
          const exited = this.events.find((sent) => sent.event === "exited");
          return { kind: "ended", exitCode: (exited?.body as { exitCode?: number })?.exitCode };
        }
      }
      await this.#nextEvent();
    }
  }

  /** The next stop; the end of the session is a failure. */
  async stopped(): Promise<StoppedBody> {
    const arrival = await this.arrival();
    if (arrival.kind === "ended")
      throw new Error(`the session ended (${arrival.exitCode}):\n${this.output()}`);
    return arrival.body;
  }

  async go(
    command: "continue" | "next" | "stepIn" | "stepOut" | "stepBack" | "reverseContinue",
    threadId: number,
    granularity?: Dap.SteppingGranularity,
  ): Promise<Arrival> {
    await this.request(command, {
      threadId,
      ...(granularity === undefined ? {} : { granularity }),
    });
    return this.arrival();
  }

  /** A step back of the adapter's own: the reverse of an into or an out. */
  async back(
    kind: "over" | "into" | "out",
    threadId: number,
    granularity?: Dap.SteppingGranularity,
  ): Promise<Arrival> {
    await this.request("exo/stepBack", {
      threadId,
      kind,
      ...(granularity === undefined ? {} : { granularity }),
    });
    return this.arrival();
  }

  async stack(threadId: number): Promise<Dap.StackFrame[]> {
    return (await this.request("stackTrace", { threadId })).stackFrames;
  }

  /** The variables of a frame's scopes by scope name, as `name = value`. */
  async scope(frameId: number, name: string): Promise<Dap.Variable[]> {
    const { scopes } = await this.request("scopes", { frameId });
    const scope = scopes.find((candidate) => candidate.name === name);
    if (scope === undefined) return [];
    return (await this.request("variables", { variablesReference: scope.variablesReference }))
      .variables;
  }

  /** All output of one category. */
  output(category = "stdout"): string {
    return this.events
      .filter(
        ({ event, body }) =>
          event === "output" && (body as { category?: string }).category === category,
      )
      .map(({ body }) => (body as { output: string }).output)
      .join("");
  }

  #nextEvent(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiters.push(resolve);
    });
  }
}

export type BreakpointSpec = Omit<Dap.SourceBreakpoint, "line"> & {
  /** Relative to test-workspace, or absolute. */
  readonly file: string;
  /** The line that carries `//@step MARKER`, or `#12` for a line. */
  readonly marker: string;
};

/** 1-based line of a marker comment. */
export function markerLine(path: string, marker: string): number {
  if (marker.startsWith("#")) return Number(marker.slice(1));
  if (!existsSync(path)) throw new Error(`no file ${path}`);
  const lines = readFileSync(path, "utf8").split("\n");
  const at = lines.findIndex((line) => new RegExp(`//@step ${marker}\\b`).test(line));
  if (at < 0) throw new Error(`no marker ${marker} in ${basename(path)}`);
  return at + 1;
}

/** `main page-fault.c:12`, or the boundary's text between dashes. */
export function frameText(frame: Dap.StackFrame): string {
  if (frame.presentationHint === "label") return `-- ${frame.name} --`;
  if (frame.source === undefined) return `${frame.name} (no source)`;
  // Lines of what is ours change with every edit; what stands there is looked at by tests of its own.
  const isOurs = frame.source.path?.includes("/libos/") || frame.source.sourceReference;
  return `${frame.name} ${frame.source.name}${isOurs ? "" : `:${frame.line}`}`;
}
