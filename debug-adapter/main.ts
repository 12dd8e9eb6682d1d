/** The debug adapter as a process: DAP on stdio, or on 127.0.0.1 with `--port N`. */
import { createServer } from "node:net";
import { join } from "node:path";
import { nodeHost } from "./host.ts";
import { kernelSourceAt } from "./kernel-source.ts";
import { endProcess } from "./leave-process.ts";
import { NodeBuilder } from "./node-builder.ts";
import type { DiagnosticsEventBody } from "./protocol.ts";
import { DapServer } from "./session/server.ts";
import { makeSession } from "./session/session.ts";

const root = join(__dirname, "..");

function serve(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  onDone: () => void,
): void {
  const server = new DapServer(
    (send) =>
      makeSession(send, {
        host: nodeHost,
        kernelSource: kernelSourceAt(join(__dirname, "kernel-source.json"), nodeHost),
        makeBuilder: ({ log, diagnostics }) =>
          new NodeBuilder(root, {
            log,
            diagnostics: (body: DiagnosticsEventBody) => diagnostics(body),
          }),
      }),
    onDone,
  );
  server.start(input, output);
  input.on("close", () => {
    server.close();
    onDone();
  });
}

const portAt = process.argv.indexOf("--port");
if (portAt > 0) {
  const port = Number(process.argv[portAt + 1]);
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    serve(socket, socket, () => socket.end());
  });
  server.on("error", (problem) => {
    process.stderr.write(`Cannot listen on 127.0.0.1:${port}: ${problem.message}.\n`);
    process.exitCode = 1;
  });
  server.listen(port, "127.0.0.1", () => {
    process.stderr.write(`Listening on 127.0.0.1:${port}\n`);
  });
} else {
  serve(process.stdin, process.stdout, () => endProcess(0));
}
