/** What the pictures are drawn of: facts of pages and refusals that only they need. */
import { expect, test } from "vitest";
import { DapClient } from "../testing/dap-client.ts";

test("a refusal names the slot that the call gave as its authority", async () => {
  const client = new DapClient();
  await client.launch({ program: "share/share.exo.json" }, [
    { file: "share/borrower.c", marker: "read" },
  ]);
  const { threadId } = await client.stopped();
  const { capabilities } = await client.request("exo/capabilities", { environment: threadId });
  const readOnly = capabilities.filter(({ kind, rights }) => kind === "page" && rights === "r----");
  // What was lent came last.
  const lent = readOnly.at(-1);
  const { events } = await client.request("exo/events", { environment: threadId });
  const refused = events.filter(({ kind }) => kind === "refused");
  expect(lent).toBeDefined();
  const bind = refused.find(({ text }) => text.startsWith("bind "));
  expect(bind).toMatchObject({
    slot: lent?.slot,
    text: expect.stringMatching(/^bind refused \(RIGHTS/),
  });
  expect(events.some(({ kind, slot }) => kind !== "refused" && slot !== undefined)).toBe(false);
});

test("a page that the disk will write to is pinned until that is done", async () => {
  const client = new DapClient();
  await client.launch({ program: "bank/wal.exo.json" }, [{ file: "bank/wal.c", marker: "commit" }]);
  await client.stopped();
  const { pages } = await client.request("exo/pages", undefined);
  const pinned = new Set<number>();
  // From one event to the next, until a transfer is queued.
  for (let i = 0; i < 60 && pinned.size === 0; i += 1) {
    await client.request("exo/goToEvent", { direction: "previous", kinds: ["diskRequest"] });
    await client.stopped();
    const now = await client.request("exo/pages", undefined);
    for (const page of now.pages) if (page.pins !== undefined) pinned.add(page.frame);
  }
  expect(pages.length).toBeGreaterThan(0);
  expect(pinned.size).toBeGreaterThan(0);
});
