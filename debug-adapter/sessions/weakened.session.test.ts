/** Scenarios with weakened guards: what one is told, which attack succeeds, and that a recording keeps it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { main } from "../cli/main.ts";
import { Conversation } from "../testing/conversation.ts";
import { DapClient, ROOT, WORKSPACE } from "../testing/dap-client.ts";

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

test("a kernel that fails stops with the guards' names, can be gone back from, and ends exo run", async () => {
  const folder = mkdtempSync(join(tmpdir(), "kernel-fails-"));
  const path = join(folder, "fails.exo.json");
  writeFileSync(
    join(folder, "fails.c"),
    `#include <libos.h>
int main(void) {
    exo_extent_alloc(0, EXO_SLOT_DISK, EXO_ANY, 8, 900);
    exo_page_alloc(0, EXO_SLOT_MEMORY, EXO_ANY, 901);
    return exo_disk_read(900, 5000, 1, 901, 0, 1);
}
`,
  );
  const scenario = {
    weaken: ["the sectors are the extent's"],
    disk: { sectors: 8 },
    environments: [{ program: "fails.c" }],
  };
  writeFileSync(path, JSON.stringify(scenario));
  try {
    const client = new DapClient();
    await client.launch({ program: path });
    const failed = await client.stopped();
    expect(failed).toMatchObject({ reason: "exception", description: "kernel failure" });
    expect(failed.text).toMatch(
      /^the kernel itself fails \(sectors 5000 to 5001 are on the disk\) with weakened guards: 'the sectors are the extent's'\. Continue switches it on again/,
    );
    const before = (await client.request("exo/history", undefined)).now;
    await client.request("exo/goTo", { end: "start" });
    await client.stopped();
    // Forward again the same failure is met, at the same moment.
    const again = await client.go("continue", failed.threadId);
    expect(again).toMatchObject({ body: { description: "kernel failure" } });
    expect((await client.request("exo/history", undefined)).now).toEqual(before);
    // The machine boots anew, and fails anew.
    expect(await client.go("continue", failed.threadId)).toMatchObject({
      body: { description: "kernel failure" },
    });
    const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    expect(await main(["run", path], ROOT)).toBe(134);
    const text = said.mock.calls.map(([piece]) => String(piece)).join("");
    said.mockRestore();
    expect(text).toMatch(/the kernel itself fails .*\nexo: the machine halts;/s);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);

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
