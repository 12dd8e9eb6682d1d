import { expect, test } from "vitest";
import { DapClient, markerLine, WORKSPACE } from "../testing/dap-client.ts";

const BORROWER = "share/borrower.c";
const OWNER = "share/owner.c";

async function stoppedWhereItReads() {
  const client = new DapClient();
  await client.launch({ program: "share/share.exo.json" }, [{ file: BORROWER, marker: "read" }]);
  const { threadId } = await client.stopped();
  const { threads } = await client.request("threads", undefined);
  const owner = threads.find(({ name }) => name.startsWith("owner"))?.id ?? 0;
  const { capabilities } = await client.request("exo/capabilities", { environment: threadId });
  const lent = capabilities.find(
    ({ kind, parent }) => kind === "page" && parent?.environment === owner,
  );
  if (lent === undefined) throw new Error("the borrower holds nothing of the owner's");
  return { client, borrower: threadId, owner, lent };
}

test("who can reach a lent page: its owner and its borrower, by their capabilities and bindings", async () => {
  const { client, borrower, owner, lent } = await stoppedWhereItReads();
  const { text, items } = await client.request("exo/whoCanReach", { page: lent.resource });
  expect(text).toMatch(
    /^2 environments can reach page 0x[0-9a-f]+: .*owner.*borrower|borrower.*owner/,
  );
  const of = (id: number) => items.filter(({ environment }) => environment === id);
  expect(
    of(owner)
      .map((item) => item.text)
      .join("\n"),
  ).toMatch(/the owner's, and may pass it on/);
  expect(
    of(borrower)
      .map((item) => item.text)
      .join("\n"),
  ).toMatch(/at 0x60000000: r--, bound by slot/);
  expect(of(borrower).every(({ position }) => position !== undefined)).toBe(true);
});

test("whoever controls an environment reaches what it has, and so does whoever controls that one, to the end", async () => {
  const client = new DapClient();
  await client.launch({ program: "cowfork/cowfork.exo.json" }, [
    { file: "cowfork/cowfork.c", marker: "parent-result" },
  ]);
  const { threadId: parent } = await client.stopped();
  const { environments } = await client.request("exo/environments", undefined);
  const child = environments.find(({ id, isLauncher }) => id !== parent && !isLauncher)?.id ?? 0;
  const { items } = await client.request("exo/whoCanReach", { environment: child });
  const through = items.filter(({ text }) => text.includes("which it controls by slot"));
  expect(through.map(({ environment, text }) => [environment, text.split(", which")[0]])).toEqual([
    [257, `launcher (env 257) through parent (env ${parent})`],
    [parent, `parent (env ${parent}) through parent-${child} (env ${child})`],
  ]);
});

test("where a lent page comes from leads to the lines that accepted, and that allocated it", async () => {
  const { client, borrower, lent } = await stoppedWhereItReads();
  const { chain } = await client.request("exo/provenance", {
    environment: borrower,
    slot: lent.slot,
  });
  expect(chain[0]?.place?.line).toBe(markerLine(`${WORKSPACE}/${BORROWER}`, "accept"));
  const page = await client.request("exo/provenance", { page: lent.resource });
  expect(page.chain[0]?.place?.line).toBe(markerLine(`${WORKSPACE}/${OWNER}`, "alloc") + 1);
});

test("a binding's history begins with the call that made it, and it rests on the slot that the call named", async () => {
  const { client, borrower, lent } = await stoppedWhereItReads();
  const { bindings, tlb } = await client.request("exo/bindings", undefined);
  const binding = bindings.find(
    ({ environment, address }) => environment === borrower && address === "0x60000000",
  );
  expect(binding).toMatchObject({
    frame: lent.resource,
    rights: "r--",
    by: { environment: borrower, slot: lent.slot },
  });
  for (const { environment, address, frame } of tlb.entries) {
    const under = bindings.find(
      (each) => each.environment === environment && each.address === address,
    );
    expect(under, address).toMatchObject({ frame, isLoaded: true });
  }
  const { items } = await client.request("exo/historyOf", {
    environment: borrower,
    address: 0x6000_0000,
  });
  expect(items.map(({ text }) => text)).toEqual([expect.stringMatching(/bound to page/)]);
});

test("the slice vector says who owns each position, by which slot, and whom a waiting owner's time goes to", async () => {
  const client = new DapClient();
  await client.launch({ program: "share/share.exo.json" }, [{ file: OWNER, marker: "offer" }]);
  const { threadId: owner } = await client.stopped();
  const { slices, running } = await client.request("exo/slices", undefined);
  expect(running).toBe(owner);
  const { environments } = await client.request("exo/environments", undefined);
  const { capabilities } = await client.request("exo/capabilities", {});
  for (const { id, slices: own } of environments) {
    expect(slices.flatMap((slice, at) => (slice.owner === id ? [at] : []))).toEqual([...own]);
  }
  const borrowers = slices.filter(({ owner: id }) => id !== 0 && id !== owner);
  expect(borrowers.some(({ donatedTo }) => donatedTo === owner)).toBe(true);
  for (const [at, { owner: id, slot }] of slices.entries()) {
    if (id === 0) continue;
    const held = capabilities.find((each) => each.environment === id && each.slot === slot);
    expect(held).toMatchObject({ kind: "slice", resource: at, isOwner: true });
  }
});

test("extents have their owner's slot and their last write; objects that are not there are refused in a sentence", async () => {
  const client = new DapClient();
  await client.launch({ program: "bank/wal.exo.json" }, [
    { file: "bank/wal.c", marker: "committed" },
  ]);
  await client.stopped();
  const { extents, sectors, free } = await client.request("exo/extents", undefined);
  expect(extents.reduce((sum, { count }) => sum + count, free)).toBe(sectors);
  const { events } = await client.request("exo/events", { since: 0, limit: 100_000 });
  const last = events
    .filter(({ kind, text }) => kind === "diskRequest" && /write \d/.test(text))
    .at(-1);
  const writes = extents.flatMap(({ lastWrite }) => lastWrite ?? []);
  expect(writes.map(({ event }) => event)).toContain(last?.index);
  await expect(client.request("exo/provenance", { slice: 100_000 })).rejects.toThrow(
    /There is no slice/,
  );
  await expect(client.request("exo/whoCanReach", { page: -1 })).rejects.toThrow(/There is no page/);
});

/** Goes on until what `dataId` names changes; what is said of it. */
async function untilChanged(client: DapClient, threadId: number, dataId: string) {
  await client.request("exo/breakOff", {});
  await client.request("exo/breakOn", { dataId });
  await client.request("continue", { threadId });
  return (await client.stopped()).text;
}

test("a run stops when a watched binding is made", async () => {
  const client = new DapClient();
  await client.launch({ program: "share/share.exo.json" }, [{ file: OWNER, marker: "offer" }]);
  const { threadId } = await client.stopped();
  const { environments } = await client.request("exo/environments", undefined);
  const borrower = environments.find(({ name }) => name === "borrower")?.id;
  expect(await untilChanged(client, threadId, `binding:${borrower}:0x60000123`)).toMatch(
    /^the binding of 0x60000000 of borrower .*: .*bound to page/,
  );
  await expect(client.request("exo/breakOn", { dataId: "slice:9999" })).rejects.toThrow(
    /There is no slice 9999/,
  );
});

test("a run stops when a watched slice is given back, and when a watched environment goes", async () => {
  const client = new DapClient();
  const guest = { file: "sched/guest.c", marker: "ask" };
  await client.launch({ program: "sched/guests.exo.json" }, [guest]);
  const { threadId } = await client.stopped();
  const { environments } = await client.request("exo/environments", undefined);
  const [slice] = environments.find(({ id }) => id === threadId)?.slices ?? [];
  expect(await untilChanged(client, threadId, `slice:${slice}`)).toMatch(
    /^slice .*freed.*by guest/,
  );
  expect(await untilChanged(client, threadId, `environment:${threadId}`)).toMatch(
    /^guest \(env \d+\): .*destroyed/,
  );
});

test("the last refusal of an environment has its reason and the line that made the call", async () => {
  const { client, borrower, owner } = await stoppedWhereItReads();
  const { refusal } = await client.request("exo/lastRefusal", { environment: borrower });
  expect(refusal).toMatchObject({ call: "bind", error: "EXO_E_RIGHTS" });
  expect(refusal?.because).toMatch(/\w/);
  expect(refusal?.place?.line).toBe(markerLine(`${WORKSPACE}/${BORROWER}`, "refused"));
  expect(await client.request("exo/lastRefusal", { environment: owner })).toEqual({});
  const { environments } = await client.request("exo/environments", undefined);
  const { entries, exceptionEntry } = environments.find(({ id }) => id === borrower) ?? {};
  expect(entries?.[0]).toMatchObject({
    function: "upcall_entry",
    place: { path: expect.stringMatching(/upcall\.S$/) },
  });
  expect(exceptionEntry).toMatchObject({ pc: entries?.[0]?.pc, function: "upcall_entry" });
});
