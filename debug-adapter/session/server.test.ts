import { once } from "node:events";
import { PassThrough } from "node:stream";
import type { DebugProtocol as Dap } from "@vscode/debugprotocol";
import { expect, test } from "vitest";
import { UserError } from "../errors.ts";
import type { Handlers } from "./requests.ts";
import { DapServer } from "./server.ts";

/** The error body with which a server answers `command` when its handler throws `problem`. */
async function answerTo(command: string, problem: Error): Promise<Dap.ErrorResponse> {
  const fail = () => {
    throw problem;
  };
  const handlers = new Proxy({} as Handlers, {
    get: () => fail,
    getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true, value: fail }),
  });
  const [input, output] = [new PassThrough(), new PassThrough()];
  new DapServer(
    () => handlers,
    () => {},
  ).start(input, output);
  const text = JSON.stringify({ seq: 1, type: "request", command });
  input.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  const [message] = (await once(output, "data")) as Buffer[];
  return JSON.parse(String(message).split("\r\n\r\n")[1] ?? "");
}

const showsUser = async (command: string, problem: Error) =>
  (await answerTo(command, problem)).body.error?.showUser;

test("a refused command of the user's is announced, a question that a client asks by itself is not", async () => {
  const busy = new UserError(111, "The program runs; pause it first.");
  for (const command of ["launch", "continue", "stepBack", "reverseContinue"]) {
    expect(await showsUser(command, busy), command).toBe(true);
  }
  for (const command of ["scopes", "stackTrace", "evaluate", "dataBreakpointInfo", "exo/history"]) {
    expect(await showsUser(command, busy), command).toBe(false);
  }
});

test("a mistake of the adapter's is announced whoever asked, and asks for a report", async () => {
  const { stderr } = process;
  const write = stderr.write;
  stderr.write = () => true;
  try {
    const answer = await answerTo("scopes", new TypeError("x is undefined."));
    expect(answer.body.error?.showUser).toBe(true);
    expect(answer.message).toBe("Exoscope made a mistake: x is undefined. Please report it.");
  } finally {
    stderr.write = write;
  }
});
