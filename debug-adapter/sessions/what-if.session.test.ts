/** Kernel calls that nobody makes: `exo/whatIf`, now and in the past. */
import { expect, test } from "vitest";
import { DapClient } from "../testing/dap-client.ts";

async function atBorrower(marker: string) {
  const client = new DapClient();
  await client.launch({ program: "share/share.exo.json" }, [{ file: "share/borrower.c", marker }]);
  const { threadId } = await client.stopped();
  const { threads } = await client.request("threads", undefined);
  const idOf = (name: string) => threads.find((each) => each.name.startsWith(name))?.id ?? 0;
  const { capabilities } = await client.request("exo/capabilities", { environment: threadId });
  const lent = capabilities.filter(({ kind, rights }) => kind === "page" && rights === "r----");
  return { client, threadId, owner: idOf("owner"), slot: lent.at(-1)?.slot ?? 0 };
}

test("a call that would be accepted names the guards that it passes, each at its place", async () => {
  const { client } = await atBorrower("accept");
  const answer = await client.request("exo/whatIf", {
    call: "page_alloc",
    arguments: [0, "EXO_SLOT_MEMORY", "EXO_ANY", 900],
  });
  expect(answer.text).toMatch(
    /^page_alloc by borrower \(env \d+\) would be accepted: \d+ guards hold\.$/,
  );
  expect(answer.ok).toBe(true);
  expect(answer.trail.map(({ guard }) => guard)).toEqual([
    "slot is in the table",
    "slot holds a capability",
    "capability is of the kind",
    "capability has the rights",
    "page exists",
    "page is free",
    "slot is in the table",
    "slot is empty",
    "the quota is not used up",
    "enough pages are free",
    "what is promised stays free",
  ]);
  expect(answer.trail[3]).toMatchObject({
    because: "slot 1 has rights ---gc, ----c is needed",
    place: { file: "exokernel/guards.ts", text: "(capability.rights & rights) === rights" },
  });
});

test("a refusal for a right says who holds a capability that would do", async () => {
  const { client, slot, owner } = await atBorrower("refused");
  const answer = await client.request("exo/whatIf", {
    call: "bind",
    arguments: {
      environment: 0,
      address: 0x6000_0000,
      page: slot,
      rights: "EXO_RIGHT_READ | EXO_RIGHT_WRITE",
    },
  });
  expect(answer.text).toMatch(
    /^bind by borrower \(env \d+\) would be refused \(RIGHTS\): guard 'rights do not grow' at exokernel\/guards\.ts:\d+ does not hold: rw--- asked for, r---- held\.$/,
  );
  // Who has this very page with that right comes first; pages of one's own would do for the call as such.
  expect(answer.sufficient[0]?.text).toMatch(
    /^slot \d+ of owner \(env \d+\) \(page 0x\w+, rwxg-\) would do as page: it has GRANT, so owner may offer it$/,
  );
  expect(answer.sufficient[1]?.text).toMatch(/^slot \d+ \(page 0x\w+, rwxg-\) would do as page$/);
  const free = await client.request("exo/whatIf", { call: "page_free", arguments: [0, slot] });
  expect(free.refusal).toMatchObject({ error: "OWNER", guard: "capability is the owner's" });
  const owned = await client.request("exo/whatIf", {
    environment: owner,
    call: "cap_accept",
    arguments: ["borrower", slot, 900],
  });
  expect(owned.refusal?.error).toBe("OFFER");
  expect(owned.sufficient).toEqual([]);
});

test("without one of one's own it is said whose capability would do, and whether it can be given", async () => {
  const client = new DapClient();
  await client.launch({ program: "bank/wal.exo.json" }, [{ file: "bank/wal.c", marker: "commit" }]);
  await client.stopped();
  // The first program has the extent; what is asked is what the launcher could do, who has none.
  const { environments } = await client.request("exo/environments", undefined);
  const launcher = environments.find(({ isLauncher }) => isLauncher)?.id ?? 0;
  const answer = await client.request("exo/whatIf", {
    environment: launcher,
    call: "disk_barrier",
    arguments: { extent: 900, tag: 1 },
  });
  expect(answer.refusal).toMatchObject({ error: "CAP", guard: "slot holds a capability" });
  expect(answer.sufficient.map(({ text }) => text)[0]).toMatch(
    /^slot \d+ of bank \(env \d+\) \(extent 0, rw-g-\) would do as extent: it has GRANT, so bank may offer it$/,
  );
});

test("in the past it leaves position, hash and events as they are", async () => {
  const { client } = await atBorrower("after");
  const before = await client.request("exo/history", undefined);
  const events = await client.request("exo/events", { limit: 1 });
  const accepted = (await client.request("exo/events", {})).events.find(
    ({ kind }) => kind === "accepted",
  );
  const slot = Number(/accepted into slot (\d+)/.exec(accepted?.text ?? "")?.[1]);
  const question = { call: "bind", arguments: [0, 0x6000_0000, slot, 1] };
  const now = await client.request("exo/whatIf", question);
  expect(now.refusal).toMatchObject({ error: "CAP", guard: "slot holds a capability" });
  const position = { branch: 1, step: accepted?.step ?? 0, event: (accepted?.index ?? 0) + 1 };
  const then = await client.request("exo/whatIf", { ...question, position });
  expect(then.ok).toBe(true);
  expect(await client.request("exo/history", undefined)).toMatchObject({
    now: before.now,
    branches: before.branches,
  });
  expect(await client.request("exo/events", { limit: 1 })).toEqual(events);
  const start = await client.request("exo/whatIf", { ...question, position: before.start });
  expect(start.refusal?.error).toBe("CAP");
});

test("weakened guards are honoured, and the answer says so", async () => {
  const client = new DapClient();
  await client.launch({ program: "share/thief-weakened.exo.json" }, [
    { file: "share/thief.c", marker: "steal" },
  ]);
  const { threadId } = await client.stopped();
  const { capabilities } = await client.request("exo/capabilities", { environment: threadId });
  const slot = capabilities.filter(({ rights }) => rights === "r----").at(-1)?.slot ?? 0;
  const answer = await client.request("exo/whatIf", {
    call: "bind",
    arguments: [0, 0x6000_0000, slot, 3],
  });
  expect(answer.ok).toBe(true);
  expect(answer.text).toMatch(
    /would be accepted only since this scenario weakens 'rights do not grow' \(rw--- asked for, r---- held\)\.$/,
  );
});

test("what is no call, no argument or no moment is refused in a sentence", async () => {
  const { client } = await atBorrower("borrow");
  const ask = (call: string, args: (number | string)[], position?: object) =>
    client.request("exo/whatIf", { call, arguments: args, ...(position as { position?: never }) });
  await expect(ask("fork", [])).rejects.toThrow(/There is no kernel call 'fork'/);
  await expect(ask("bind", [0, 1])).rejects.toThrow(
    "bind takes the arguments environment, address, page, rights; 'page' is missing.",
  );
  await expect(ask("rest", [1])).rejects.toThrow(
    "rest takes the arguments none; there is one too many.",
  );
  await expect(ask("yield", ["nobody"])).rejects.toThrow(/'nobody' is no number, no constant/);
  const position = { position: { branch: 1, step: 1e9, event: 0 } };
  await expect(ask("sleep", [], position)).rejects.toThrow(/There is no step 1000000000/);
  await expect(
    client.request("exo/whatIf", { environment: 77, call: "sleep", arguments: [] }),
  ).rejects.toThrow(/There is no environment 77/);
});

test("what is no question is refused in a sentence, whatever a client sends", async () => {
  const { client } = await atBorrower("accept");
  const sound = { call: "page_alloc", arguments: [0, "EXO_SLOT_MEMORY", "EXO_ANY", 900] };
  const wrong: readonly [unknown, string][] = [
    [undefined, "call"],
    [{ ...sound, call: undefined }, "call"],
    [{ ...sound, call: 7 }, "call"],
    [{ call: "page_alloc" }, "arguments"],
    [{ ...sound, arguments: null }, "arguments"],
    [{ ...sound, arguments: "0" }, "arguments"],
    [{ ...sound, arguments: [0, { slot: 1 }] }, "arguments"],
    [{ ...sound, environment: "owner" }, "environment"],
    [{ ...sound, position: null }, "position"],
    [{ ...sound, position: { branch: "main", step: 5, event: 0 } }, "position"],
  ];
  for (const [args, name] of wrong) {
    await expect(client.request("exo/whatIf", args as never)).rejects.toThrow(
      `'${name}' of exo/whatIf must be `,
    );
  }
  expect((await client.request("exo/whatIf", sound)).ok).toBe(true);
});
