/** DAP on a pair of streams: framing by `ProtocolServer`, requests to typed handlers, one catch for all errors. */
import { ProtocolServer } from "@vscode/debugadapter/lib/protocol.js";
import type { DebugProtocol as Dap } from "@vscode/debugprotocol";
import { UserError } from "../errors.ts";
import type { Handlers, RequestName } from "./requests.ts";

/** Sends an event to the client. */
export type SendEvent = (event: string, body?: unknown) => void;

export class DapServer extends ProtocolServer {
  readonly #handlers: Handlers;
  readonly #onDone: () => void;

  /** `makeHandlers` gets the way to send events; `onDone` is called when the client has disconnected. */
  constructor(makeHandlers: (send: SendEvent) => Handlers, onDone: () => void) {
    super();
    this.#handlers = makeHandlers((event, body) => this.#event(event, body));
    this.#onDone = onDone;
  }

  /** The client is gone without a word: what runs is ended, as after `disconnect`. */
  close(): void {
    void this.#handlers.disconnect(undefined);
  }

  protected override dispatchRequest(request: Dap.Request): void {
    void this.#answer(request);
  }

  async #answer(request: Dap.Request): Promise<void> {
    const response: Dap.Response = {
      seq: 0,
      type: "response",
      request_seq: request.seq,
      command: request.command,
      success: true,
    };
    try {
      if (!Object.hasOwn(this.#handlers, request.command)) {
        throw new UserError(100, `This debug adapter has no request '${request.command}'.`);
      }
      const handler = this.#handlers[request.command as RequestName] as (
        args: unknown,
      ) => Promise<unknown>;
      const body = await handler(request.arguments);
      if (body !== undefined) response.body = body;
    } catch (problem) {
      fail(response, problem);
    }
    this.sendResponse(response);
    if (request.command === "disconnect") this.#onDone();
  }

  #event(event: string, body?: unknown): void {
    this.sendEvent({ seq: 0, type: "event", event, ...(body === undefined ? {} : { body }) });
  }
}

/**
 * A click on one of these has no other place where its failure could be read than a message of its own. All else that a
 * client asks is shown where it was asked (a row of Watch, the Debug Console, a view), or was asked unbidden, as a hover
 * is, or the scopes of a frame that is just gone: a message for each of those would be noise.
 */
const COMMANDS: ReadonlySet<string> = new Set<RequestName>([
  "launch",
  "continue",
  "next",
  "stepIn",
  "stepOut",
  "stepBack",
  "reverseContinue",
  "pause",
  "terminate",
]);

/** A user's mistake is shown as it is; ours asks for a report, whoever asked. */
function fail(response: Dap.Response, problem: unknown): void {
  response.success = false;
  const isUsers = problem instanceof UserError;
  const text = problem instanceof Error ? problem.message : String(problem);
  const format = isUsers ? text : `Exoscope made a mistake: ${text} Please report it.`;
  response.message = format;
  const showUser = !isUsers || COMMANDS.has(response.command);
  response.body = { error: { id: isUsers ? problem.id : 1, format, showUser } };
  if (!isUsers && problem instanceof Error) process.stderr.write(`${problem.stack}\n`);
}
