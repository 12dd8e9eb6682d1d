/** A lesson asks the session's run, and is led to moments that are still to come. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { DapClient, frameText, WORKSPACE } from "../testing/dap-client.ts";

const lesson = (name: string) => join(WORKSPACE, "lessons", `${name}.lesson.json`);
const history = (client: DapClient) => client.request("exo/history", undefined);

async function launched(args: readonly string[] = ["0x200", "6"]) {
  const client = new DapClient();
  const program = "allocate/allocate.c";
  await client.launch({ program, args, stopOnEntry: true, stopAtEnd: true });
  const { threadId } = await client.stopped();
  return { client, threadId };
}

test("a session says where a lesson's steps are in its run and stays where it is; each is gone to, there and back", async () => {
  const { client, threadId } = await launched();
  const before = await history(client);
  const body = await client.request("exo/lesson", { path: lesson("w1-allocate"), step: 0 });
  expect(await history(client)).toEqual(before);
  expect(body.steps).toHaveLength(8);
  expect(body.steps.flatMap(({ problems }) => problems)).toEqual([]);
  expect(body.checks.map(({ holds }) => holds)).toEqual([true, true, true]);
  expect(body.steps[4]?.answer).toBe("0x200");
  const top = async () => frameText((await client.stack(threadId))[0]!);
  const goTo = async (index: number, moment: "at" | "seenAt") => {
    const position = body.steps[index]?.[moment];
    if (position === undefined) throw new Error(`step ${index} has no moment`);
    await client.request("exo/runTo", { position });
    await client.stopped();
    expect((await history(client)).now).toEqual(position);
  };
  // To the last one first: everything is still to come, and no stop is in the way.
  await goTo(7, "at");
  const last = await top();
  await goTo(0, "at");
  expect(await top()).not.toBe(last);
  await goTo(2, "seenAt");
  expect(await top()).toMatch(/on_page_fault/);
  await goTo(7, "at");
  expect(await top()).toBe(last);
});

test("what a run says depends on its arguments, and a session of another one says so", async () => {
  const { client } = await launched(["0x321", "7"]);
  const body = await client.request("exo/lesson", { path: lesson("w1-allocate"), step: 0 });
  // The lesson as it is written speaks of another page than this run's.
  expect(body.checks.some(({ holds }) => !holds)).toBe(true);
  expect(body.steps[4]?.answer).toBe("0x321");
});

test("going on past the end ends there, and breakpoints on the way are not met", async () => {
  const { client, threadId } = await launched();
  await client.setBreakpoints([{ file: "allocate/allocate.h", marker: "pager" }]);
  await client.request("exo/runTo", { position: { branch: 1, step: 1_000_000_000, event: 0 } });
  expect(await client.stopped()).toMatchObject({ description: "end of the run" });
  expect((await history(client)).isAtEnd).toBe(true);
  await client.request("exo/goTo", { end: "start" });
  await client.stopped();
  expect(await client.go("continue", threadId)).toMatchObject({ kind: "stopped" });
});

test("another program runs in the same session, with the client's breakpoints; one that does not load leaves the session where it is", async () => {
  const { client, threadId } = await launched();
  const before = await history(client);
  const missing = { program: join(WORKSPACE, "no-such.c") };
  await expect(client.request("exo/relaunch", missing)).rejects.toThrow(/no-such\.c/);
  expect(await history(client)).toEqual(before);
  expect(await client.stack(threadId)).not.toEqual([]);

  const told = client.events.length;
  const relaunched = client.request("exo/relaunch", {
    program: join(WORKSPACE, "revocation/polite.exo.json"),
    environmentArguments: { filler: ["2"] },
  });
  const names = () => client.events.slice(told).map(({ event }) => event);
  await expect.poll(names).toContain("initialized");
  const ours = names().filter((name) => !/output|diagnostics/.test(name));
  expect(ours).toEqual(["continued", "initialized"]);
  const [breakpoint] = await client.setBreakpoints([
    { file: "revocation/filler.c", marker: "again" },
  ]);
  expect(breakpoint).toMatchObject({ verified: true });
  await client.request("configurationDone", undefined);
  await relaunched;
  const entry = await client.stopped();
  expect(entry).toMatchObject({ reason: "entry" });
  expect((await history(client)).now.step).toBeLessThan(before.now.step + 10_000);
  const arrival = await client.go("continue", entry.threadId);
  expect(arrival).toMatchObject({ kind: "stopped", body: { reason: "breakpoint" } });
  const body = await client.request("exo/lesson", { path: lesson("w6-revocation"), step: 0 });
  expect(body.steps[0]?.answer).toBeDefined();
  expect(names()).not.toContain("terminated");
});

test("what is no lesson, no step, no moment and no branch is refused in a sentence", async () => {
  const { client } = await launched();
  const path = lesson("w1-allocate");
  for (const [request, args, sentence] of [
    ["exo/lesson", { path: "/no/such.lesson.json", step: 0 }, /There is no file/],
    ["exo/lesson", { path, step: 99 }, /Step 100 of 'W1.*' is no moment of a run/],
    ["exo/lesson", { path, step: -1 }, /'step'/],
    ["exo/lesson", { path, step: 0, seed: -1 }, /'seed'/],
    ["exo/runTo", { position: { branch: 9, step: 5, event: 0 } }, /branch/],
    ["exo/runTo", { position: { branch: 1, step: -5, event: 0 } }, /position/],
  ] as const) {
    await expect(client.request(request, args), request).rejects.toThrow(sentence);
  }
});

test("a scenario's environments get other arguments, and names that it does not have are refused", async () => {
  const client = new DapClient();
  await client.launch({
    program: "revocation/polite.exo.json",
    environmentArguments: { filler: ["2"] },
    stopAtEnd: true,
  });
  await client.stopped();
  expect(client.output()).toContain("filler: 2 more");
  const other = new DapClient();
  const wrong = { program: "share/share.exo.json", environmentArguments: { lender: [] } };
  await expect(other.launch(wrong)).rejects.toThrow(
    /'environmentArguments' names 'lender', which is no environment of share.exo.json; there are borrower, owner/,
  );
});
