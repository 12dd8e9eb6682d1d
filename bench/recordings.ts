/** How large a recording is: of runs without input, and of a session in which a hundred lines are typed. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { StdioClient } from "../debug-adapter/testing/stdio-client.ts";
import { type Figure, figure } from "./figures.ts";

const LINES = 100;

export async function measureRecordings(root: string, folder: string): Promise<Figure[]> {
  const sizes = [
    ...["page-fault.c", "ping-pong/ping-pong.exo.json"].map((program) => ({
      id: `recording of ${program}`,
      value: recordedSize(root, folder, program, []),
    })),
    {
      id: "recording of page-fault.c, with its program",
      value: recordedSize(root, folder, "page-fault.c", ["--with-programs"]),
    },
    {
      id: `recording of echo.c, ${LINES} lines typed`,
      value: await typedSize(root),
    },
  ];
  return sizes.map(({ id, value }) => figure(id, "bytes", [value]));
}

/** Bytes of the file that `exo record` writes. */
function recordedSize(
  root: string,
  folder: string,
  program: string,
  options: readonly string[],
): number {
  const output = join(folder, "measured.exorec");
  const command = [join(root, "dist/exo.js"), "record", program, "-o", output, ...options];
  const { status, stderr } = spawnSync(process.execPath, command, {
    cwd: join(root, "test-workspace"),
    input: "",
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`exo record ${program} ended with ${status}: ${stderr}`);
  return readFileSync(output).length;
}

/** Each line is answered before the next is typed, so that each is an entry of its own. */
async function typedSize(root: string): Promise<number> {
  const client = new StdioClient(join(root, "dist/debug-adapter.js"));
  await client.request("initialize", { adapterID: "exoscope" });
  client.send("launch", { program: join(root, "test-workspace/echo.c") });
  await client.event("initialized");
  await client.request("configurationDone");
  for (let line = 1; line <= LINES; line += 1) {
    await client.request("exo/consoleInput", { text: `line ${line} of what is typed\n` });
    let output = "";
    while (!output.includes(`Hello, line ${line} `)) {
      output += (await client.event<{ output: string }>("output")).output;
    }
  }
  const { threads } = await client.request<{ threads: { id: number }[] }>("threads");
  await client.request("pause", { threadId: threads[0]?.id });
  await client.event("stopped");
  const { bytes } = await client.request<{ bytes: number }>("exo/record", {});
  await client.request("disconnect");
  await client.exited();
  return bytes;
}
