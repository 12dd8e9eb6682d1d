import { expect, test } from "vitest";
import { DapClient, frameText, markerLine, WORKSPACE } from "../testing/dap-client.ts";

const FILE = "page-fault.c";
const line = (marker: string) => markerLine(`${WORKSPACE}/${FILE}`, marker);

async function inHandler(): Promise<{ client: DapClient; thread: number }> {
  const client = new DapClient();
  const set = await client.launch({ program: FILE }, [{ file: FILE, marker: "pager" }]);
  expect(set).toMatchObject([{ verified: true, line: line("pager") }]);
  const { reason, threadId } = await client.stopped();
  expect(reason).toBe("breakpoint");
  return { client, thread: threadId };
}

test("a breakpoint in the pager shows handler frames, one boundary with cause and address, then main with its locals", async () => {
  const { client, thread } = await inHandler();
  const frames = await client.stack(thread);
  const texts = frames.map(frameText);
  expect(texts[0]).toBe(`on_page_fault page-fault.c:${line("pager")}`);
  const boundaries = texts.filter((text) => text.startsWith("--"));
  expect(boundaries).toEqual(["-- upcall: store page fault at 0x40000020 --"]);
  const below = texts.slice(texts.indexOf(boundaries[0] as string) + 1);
  expect(below[0]).toBe(`main page-fault.c:${line("store")}`);
  const main = frames[texts.length - below.length];
  const locals = await client.scope(main?.id ?? 0, "Locals");
  expect(locals.map(({ name, value }) => `${name} = ${value}`)).toContain("before = 7");
});

test("step out of the pager lands after the faulting statement in main", async () => {
  const { client, thread } = await inHandler();
  await client.go("stepOut", thread);
  const [top] = await client.stack(thread);
  expect(frameText(top as never)).toBe(`main page-fault.c:${line("after")}`);
});
