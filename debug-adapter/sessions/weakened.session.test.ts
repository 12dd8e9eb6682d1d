/** Scenarios with weakened guards: what one is told, which attack succeeds, and that a recording keeps it. */
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Conversation } from "../testing/conversation.ts";
import { DapClient, WORKSPACE } from "../testing/dap-client.ts";

const golden = (stem: string) => join(import.meta.dirname, "golden", `${stem}.txt`);

test("a weakened guard: the attack goes on, and it stops where the kernel is broken", async () => {
  const talk = new Conversation();
  await talk.launch({ program: "share/thief-weakened.exo.json", stopAtEnd: true }, [
    { file: "share/thief.c", marker: "end" },
  ]);
  await talk.stack();
  await talk.go("continue");
  await talk.events(["weakened", "invariantBroken"]);
  await expect(talk.transcript).toMatchFileSnapshot(golden("weakened"));
  const { weakened } = await talk.client.request("exo/environments", undefined);
  expect(weakened).toEqual(["rights do not grow"]);
  expect(talk.client.output("stderr")).toBe(
    "Warning: this scenario weakens the guard 'rights do not grow'; what it shows, the kernel as it is would have refused.\n",
  );
});

test("a recording keeps what was weakened", async () => {
  const client = new DapClient();
  await client.launch({ program: "share/thief-weakened.exo.json" }, [
    { file: "share/thief.c", marker: "end" },
  ]);
  const first = await client.stopped();
  await client.go("continue", first.threadId);
  const path = join(tmpdir(), `weakened-${process.pid}.exorec`);
  try {
    await client.request("exo/record", { path });
    const again = new DapClient();
    await again.launch({ program: path, cwd: `${WORKSPACE}/share` });
    expect((await again.stopped()).description).toBe("kernel broken");
    const { weakened } = await again.request("exo/environments", undefined);
    expect(weakened).toEqual(["rights do not grow"]);
    expect(again.output("stderr")).toMatch(/^Warning: this scenario weakens/);
  } finally {
    rmSync(path, { force: true });
  }
});

test("what cannot be weakened is refused at the launch in one sentence", async () => {
  const path = join(tmpdir(), `bad-weaken-${process.pid}.exo.json`);
  const launch = async (name: string) => {
    const scenario = { weaken: [name], environments: [{ program: `${WORKSPACE}/hello.c` }] };
    writeFileSync(path, JSON.stringify(scenario));
    await new DapClient().launch({ program: path });
  };
  try {
    await expect(launch("slot holds a capability")).rejects.toThrow(
      /'weaken' names 'slot holds a capability', which is none of the \d+ guards that can be weakened; .*docs\/guards\.md lists them\.$/,
    );
    await expect(launch("nonsense")).rejects.toThrow(/'weaken' names 'nonsense', which is none/);
  } finally {
    rmSync(path, { force: true });
  }
});
