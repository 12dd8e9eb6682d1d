/** A conversation with the adapter as a transcript that can be read in review: what was asked, where it stopped, what was seen. */
import type { DebugProtocol as Dap } from "@vscode/debugprotocol";
import type { LaunchArguments } from "../protocol.ts";
import { type Arrival, type BreakpointSpec, DapClient, frameText } from "./dap-client.ts";

type Verb = "continue" | "next" | "stepIn" | "stepOut" | "stepBack" | "reverseContinue";

export class Conversation {
  readonly client = new DapClient();
  readonly #lines: string[] = [];
  #thread = 0;
  #outputSeen = 0;

  get transcript(): string {
    return `${this.#lines.join("\n")}\n`;
  }

  /** The place of the last stop, as the transcript shows it. */
  place = "";

  async launch(
    args: Partial<LaunchArguments> & { readonly program: string },
    breakpoints: readonly BreakpointSpec[] = [],
    filters: readonly (string | Dap.ExceptionFilterOptions)[] = ["fatal"],
  ): Promise<void> {
    const at = breakpoints.map(({ file, marker, condition, hitCondition, logMessage }) =>
      [`${file} ${marker}`, condition, hitCondition, logMessage].filter(Boolean).join(" | "),
    );
    this.#say(
      `> launch ${args.program}${at.length === 0 ? "" : `, breakpoints: ${at.join("; ")}`}`,
    );
    const set = await this.client.launch(args, breakpoints, filters);
    for (const { verified, message } of set) if (!verified) this.#say(`  unverified: ${message}`);
    await this.#arrive(await this.client.arrival());
  }

  /** Continues or steps, and notes where that ends. */
  async go(
    verb: Verb,
    granularity?: Dap.SteppingGranularity,
    how: "noted" | "quietly" = "noted",
  ): Promise<Arrival> {
    const said = this.#lines.length;
    this.#say(`> ${verb}${granularity === undefined ? "" : ` by ${granularity}`}`);
    const arrival = await this.client.go(verb, this.#thread, granularity);
    await this.#arrive(arrival);
    if (how === "quietly") this.#lines.splice(said);
    return arrival;
  }

  /** Notes the variables of a scope of the innermost frame. */
  async scope(name: string): Promise<void> {
    const [top] = await this.client.stack(this.#thread);
    this.#say(`> scope ${name}`);
    for (const variable of await this.client.scope(top?.id ?? 0, name))
      this.#say(`    ${variable.name} = ${normalised(variable.value)}`);
  }

  /** A step back of the adapter's own. */
  async back(kind: "over" | "into" | "out"): Promise<void> {
    this.#say(`> step back ${kind}`);
    await this.#arrive(await this.client.back(kind, this.#thread));
  }

  /** Notes what a question to the past is answered. */
  async ask(question: string, answer: Promise<{ readonly text: string }>): Promise<void> {
    this.#say(`> ${question}`);
    this.#say(`    ${normalised((await answer).text).replace(/step [\d,]+/g, "step N")}`);
  }

  /** Notes the whole call stack of the stopped thread. */
  async stack(): Promise<Dap.StackFrame[]> {
    const frames = await this.client.stack(this.#thread);
    this.#say("> stackTrace");
    for (const frame of frames) this.#say(`    ${normalised(frameText(frame))}`);
    return frames;
  }

  /** Notes what expressions are in the frame of that name, or the innermost. */
  async show(expressions: readonly string[], frameName?: string): Promise<void> {
    const frames = await this.client.stack(this.#thread);
    const frame = frames.find(({ name }) => frameName === undefined || name === frameName);
    for (const expression of expressions) {
      const text = await this.client
        .request("evaluate", {
          expression,
          context: "watch",
          ...(frame === undefined ? {} : { frameId: frame.id }),
        })
        .then(({ result }) => result)
        .catch((problem: Error) => problem.message);
      this.#say(
        `    ${frameName === undefined ? "" : `in ${frameName}: `}${expression} = ${normalised(text)}`,
      );
    }
  }

  /** Notes all kernel events of these kinds so far. */
  async events(kinds: readonly string[]): Promise<void> {
    const { events } = await this.client.request("exo/events", { since: 0, limit: 100_000 });
    this.#say(`> exo/events: ${kinds.join(", ")}`);
    for (const { kind, text } of events)
      if (kinds.includes(kind)) this.#say(`    ${normalised(text)}`);
  }

  async #arrive(arrival: Arrival): Promise<void> {
    const output = this.client.output();
    for (const line of output.slice(this.#outputSeen).split("\n").filter(Boolean))
      this.#say(`  | ${line}`);
    this.#outputSeen = output.length;
    if (arrival.kind === "ended") {
      this.place = "the end";
      this.#say(`  ended, status ${arrival.exitCode}`);
      return;
    }
    const { reason, threadId, text, description } = arrival.body;
    this.#thread = threadId;
    if (description === "end of the run") {
      this.place = "the end";
      this.#say(`  ${reason}: the end -- ${text}`);
      return;
    }
    const { threads } = await this.client.request("threads", undefined);
    const thread = threads.find(({ id }) => id === threadId)?.name.replace(/ \(.*/, "") ?? "?";
    const [top] = await this.client.stack(threadId);
    this.place = `${thread}: ${top === undefined ? "nowhere" : frameText(top)}`;
    const said = text === undefined ? "" : ` -- ${normalised(text)}`;
    this.#say(`  ${reason}: ${this.place}${said}`);
  }

  #say(line: string): void {
    this.#lines.push(line);
  }
}

/** Addresses of code change with every edit of the libOS; those that a program chose stay. */
export function normalised(text: string): string {
  return text
    .replace(/0x0*1[0-9a-f]{4}\b/g, "CODE")
    .replace(/([Pp]age) 0x[0-9a-f]+/g, "$1 P")
    .replace(/\bslot \d+/g, "slot N")
    .replace(/(exokernel\/[\w/-]+\.ts):\d+/g, "$1");
}
