import { expect, test } from "vitest";
import {
  type Arrival,
  DapClient,
  frameText,
  markerLine,
  WORKSPACE,
} from "../testing/dap-client.ts";

const SCENARIO = "ping-pong/ping-pong.exo.json";
const CLIENT = "ping-pong/client.c";
const SERVER = "ping-pong/server.c";
const clientLine = (marker: string) => markerLine(`${WORKSPACE}/${CLIENT}`, marker);

async function threadsOf(client: DapClient): Promise<Map<string, number>> {
  const { threads } = await client.request("threads", undefined);
  return new Map(threads.map(({ id, name }) => [name.replace(/ \(.*/, ""), id]));
}

function threadOf(arrival: Arrival): number {
  if (arrival.kind !== "stopped") throw new Error(`the session ended with ${arrival.exitCode}`);
  return arrival.body.threadId;
}

async function top(client: DapClient, thread: number): Promise<string> {
  const [frame] = await client.stack(thread);
  return frame === undefined ? "nothing" : frameText(frame);
}

// A tick so short that a slice ends inside every statement must change nothing.
for (const tick of [undefined, 50]) {
  const at = tick === undefined ? "" : ` with a tick of ${tick}`;

  test(`step into at the call stops in the server, with the client's frames below the boundary${at}`, async () => {
    const client = new DapClient();
    await client.launch({ program: SCENARIO, ...(tick === undefined ? {} : { tick }) }, [
      { file: CLIENT, marker: "call" },
    ]);
    const { threadId } = await client.stopped();
    const threads = await threadsOf(client);
    expect(threadId).toBe(threads.get("client"));
    const arrival = await client.go("stepIn", threadId);
    const thread = threadOf(arrival);
    expect(thread).toBe(threads.get("server"));
    const texts = (await client.stack(thread)).map(frameText);
    expect(texts[0]).toMatch(/ server\.c:/);
    const boundary = texts.findIndex((text) => text.startsWith("--"));
    expect(texts[boundary]).toMatch(/^-- protected control transfer from client \(env \d+\) --$/);
    const below = texts.slice(boundary + 1);
    expect(below).toContain(`ping [client] client.c:${clientLine("call")}`);
    expect(below.some((text) => text.startsWith("main [client] client.c:"))).toBe(true);

    // The client's own thread shows that it waits.
    const waiting = (await client.stack(threads.get("client") ?? 0)).map(frameText);
    expect(waiting[0]).toMatch(/^-- waits in a protected control transfer to server/);
    expect(waiting).toContain(`ping client.c:${clientLine("call")}`);

    // The client's locals are readable from the server's thread.
    const frames = await client.stack(thread);
    const ping = frames.find((frame) => frame.name === "ping [client]");
    const args = await client.scope(ping?.id ?? 0, "Arguments");
    expect(args.map(({ name, value }) => `${name} = ${value}`)).toContain("number = 1");

    const out = await client.go("stepOut", thread);
    expect(threadOf(out)).toBe(threads.get("client"));
    expect(await top(client, threadOf(out))).toMatch(/client\.c/);
  });

  test(`step over at the same line stops on the client's next line${at}`, async () => {
    const client = new DapClient();
    await client.launch({ program: SCENARIO, ...(tick === undefined ? {} : { tick }) }, [
      { file: CLIENT, marker: "call" },
    ]);
    const { threadId } = await client.stopped();
    const arrival = await client.go("next", threadId);
    expect(threadOf(arrival)).toBe(threadId);
    expect(await top(client, threadId)).toBe(`ping client.c:${clientLine("after")}`);
  });
}

test("a whole walk by step over through the client's main ends with the program", async () => {
  const client = new DapClient();
  await client.launch({ program: SCENARIO, stopOnEntry: true, tick: 200 });
  const first = await client.stopped();
  let thread = first.threadId;
  const lines: string[] = [];
  for (let i = 0; i < 100; i += 1) {
    const arrival = await client.go("next", thread);
    if (arrival.kind === "ended") throw new Error("the session ended");
    if (arrival.body.description === "end of the run") {
      expect(arrival.body.text).toMatch(/status 0/);
      break;
    }
    thread = arrival.body.threadId;
    lines.push(await top(client, thread));
  }
  expect(lines.length).toBeLessThan(100);
  expect(lines.every((line) => /main (client|server)\.c/.test(line))).toBe(true);
  expect(client.output()).toContain("client: ping 3, pong 4");
});

test("a breakpoint in the server stops on the server's thread and leaves the client's alone", async () => {
  const client = new DapClient();
  await client.launch({ program: SCENARIO }, [{ file: SERVER, marker: "serve" }]);
  const threads = await threadsOf(client);
  for (let call = 0; call < 3; call += 1) {
    const { threadId } = await client.stopped();
    expect(threadId).toBe(threads.get("server"));
    await client.request("continue", { threadId });
  }
});
