import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import type { DebugProtocol as Dap } from "@vscode/debugprotocol";

/** A plain DAP client on a process: `Content-Length` framing and nothing else. */
export class StdioClient {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #messages: Dap.ProtocolMessage[] = [];
  readonly #exited: Promise<number | null>;
  #buffer = Buffer.alloc(0);
  #wake: () => void = () => {};
  #seq = 0;

  constructor(bundle: string, environment: NodeJS.ProcessEnv = process.env) {
    this.#child = spawn(process.execPath, [bundle], {
      stdio: ["pipe", "pipe", "inherit"],
      env: environment,
    });
    this.#exited = new Promise((resolve) => this.#child.on("exit", resolve));
    this.#child.stdout.on("data", (chunk: Buffer) => {
      this.#buffer = Buffer.concat([this.#buffer, chunk]);
      for (;;) {
        const end = this.#buffer.indexOf("\r\n\r\n");
        if (end < 0) break;
        const length = Number(
          /Content-Length: (\d+)/.exec(this.#buffer.subarray(0, end).toString())?.[1],
        );
        if (this.#buffer.length < end + 4 + length) break;
        this.#messages.push(
          JSON.parse(this.#buffer.subarray(end + 4, end + 4 + length).toString()),
        );
        this.#buffer = this.#buffer.subarray(end + 4 + length);
      }
      this.#wake();
    });
  }

  send(command: string, args?: unknown): number {
    this.#seq += 1;
    const text = JSON.stringify({ seq: this.#seq, type: "request", command, arguments: args });
    this.#child.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
    return this.#seq;
  }

  async request<Body>(command: string, args?: unknown): Promise<Body> {
    const seq = this.send(command, args);
    const response = await this.#find<Dap.Response>(
      (message) => message.type === "response" && (message as Dap.Response).request_seq === seq,
    );
    if (!response.success) throw new Error(response.message);
    return response.body as Body;
  }

  async event<Body>(name: string): Promise<Body> {
    const event = await this.#find<Dap.Event>(
      (message) => message.type === "event" && (message as Dap.Event).event === name,
    );
    return event.body as Body;
  }

  /** Takes the first message that fits. */
  async #find<Message>(fits: (message: Dap.ProtocolMessage) => boolean): Promise<Message> {
    for (;;) {
      const at = this.#messages.findIndex(fits);
      if (at >= 0) return this.#messages.splice(at, 1)[0] as Message;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  exited(): Promise<number | null> {
    return this.#exited;
  }
}
