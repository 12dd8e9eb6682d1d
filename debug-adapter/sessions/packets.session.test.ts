/** A network in a session: a capture across going back, and packets in the past (docs/network.md, LESSONS W7). */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { describeEvent } from "#exokernel";
import type { Debuggee } from "../debuggee.ts";
import { nodeHost } from "../host.ts";
import { boot, configure } from "../launch.ts";
import { NodeBuilder } from "../node-builder.ts";
import { readPcap } from "../pcap.ts";
import { captureRecording } from "../recording/capture.ts";
import { readRecording } from "../recording/read.ts";
import { writeRecording } from "../recording/write.ts";
import { DapClient, ROOT, WORKSPACE } from "../testing/dap-client.ts";
import { udpFrame } from "../testing/udp-frames.ts";

const folder = mkdtempSync(join(tmpdir(), "exoscope-packets-"));

async function packets(): Promise<Debuggee> {
  const builder = new NodeBuilder(ROOT, { log: () => {}, diagnostics: () => {} });
  const args = { program: `${WORKSPACE}/packets/packets.exo.json` };
  return boot(await configure(args, nodeHost, builder));
}

const steps = (debuggee: Debuggee) => debuggee.capture?.frames.map(({ step }) => step);

test("a capture has each frame once, however often a run is gone back; another course takes the place of the old one", async () => {
  const debuggee = await packets();
  const { timeline } = debuggee;
  debuggee.capturePackets(join(folder, "a.pcap"));
  while (timeline.run(1_000_000).kind === "budget");
  const all = steps(debuggee);
  expect(all?.length).toBe(9);
  const { end } = timeline;
  timeline.seekStep(230_000);
  expect(steps(debuggee)).toEqual(all);
  // Looked at again by running on, and by going to the end.
  timeline.run(40_000);
  expect(steps(debuggee)).toEqual(all);
  timeline.seek(end);
  expect(steps(debuggee)).toEqual(all);
  timeline.seekStep(230_000);
  expect(debuggee.receiveFrame(udpFrame(7, "in between"))).toBeUndefined();
  while (timeline.run(1_000_000).kind === "budget");
  const other = steps(debuggee) ?? [];
  expect(other.slice(0, 4)).toEqual([...(all ?? []).slice(0, 3), 230_000]);
  expect(other.slice(4).filter((step) => step === 240_000)).toEqual([240_000]);
  debuggee.capture?.write(nodeHost);
  expect(readPcap(readFileSync(join(folder, "a.pcap"))).length).toBe(other.length);
});

test("a packet that came from outside is in the journal, and a recording of it reads as it was", async () => {
  const debuggee = await packets();
  const { timeline, kernel } = debuggee;
  timeline.run(50_000);
  debuggee.receiveFrame(udpFrame(7, "early"));
  while (timeline.run(1_000_000).kind === "budget");
  const recording = captureRecording(debuggee, [], false, nodeHost);
  const { recording: read } = readRecording("x.exorec", writeRecording(recording));
  expect(read.branches).toEqual(recording.branches);
  expect(read.branches[0]?.journal[0]?.what).toEqual({
    kind: "packet",
    bytes: udpFrame(7, "early"),
  });
  const hash = kernel.hash();
  timeline.seek(timeline.start);
  timeline.seek(timeline.end);
  expect(kernel.hash()).toBe(hash);
  expect(debuggee.view.networkStats?.received).toBe(7);
});

test("a session breaks at a refused filter with the sentence, and writes the scenario's capture when it ends", async () => {
  const scenario = JSON.parse(readFileSync(`${WORKSPACE}/packets/packets.exo.json`, "utf8"));
  for (const each of scenario.environments) each.program = `${WORKSPACE}/packets/${each.program}`;
  scenario.network.packets.file = `${WORKSPACE}/packets/six.pcap`;
  scenario.network.out = "out.pcap";
  const program = join(folder, "out.exo.json");
  writeFileSync(program, JSON.stringify(scenario));
  const client = new DapClient();
  await client.launch({ program }, [], ["refused"]);
  const { threadId } = await client.stopped();
  const { description } = await client.request("exceptionInfo", { threadId });
  expect(description).toContain("some packet would match filter 0 of environment 258, too");
  await client.go("continue", threadId);
  await client.request("disconnect", {});
  expect(readPcap(readFileSync(join(folder, "out.pcap"))).length).toBe(9);
});

test("what became of each packet is a sentence", async () => {
  const debuggee = await packets();
  while (debuggee.timeline.run(1_000_000).kind === "budget");
  const sentences = debuggee.timeline
    .events(({ kind }) => kind === "packet")
    .map((event) => describeEvent(event, (id) => debuggee.environment(id).name));
  expect(sentences).toEqual([
    "packet 1 (45 bytes) for a by filter 0",
    "packet 2 (45 bytes) for b by filter 1",
    "packet 3 (47 bytes) dropped: no filter matches it",
    "packet 4 (46 bytes) for a by filter 0",
    "packet 5 (46 bytes) for a by filter 0",
    "packet 6 (45 bytes) for b by filter 1",
  ]);
});
