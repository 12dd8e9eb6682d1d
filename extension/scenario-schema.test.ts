/** The schema that an editor underlines by and the parser that has the last word say the same. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { WEAKENABLE_GUARDS } from "#exokernel";
import { parseScenario } from "../debug-adapter/scenario.ts";
import { type Schema, violations } from "./testing/json-schema.ts";

const schema: Schema = JSON.parse(
  readFileSync(join(import.meta.dirname, "schemas/scenario.schema.json"), "utf8"),
);
const SAMPLES = join(import.meta.dirname, "../test-workspace");
const samples = readdirSync(SAMPLES, { recursive: true, encoding: "utf8" }).filter((path) =>
  path.endsWith(".exo.json"),
);

function parserAccepts(scenario: unknown): boolean {
  try {
    parseScenario("test.exo.json", JSON.stringify(scenario));
    return true;
  } catch {
    return false;
  }
}

test("there are sample scenarios", () => {
  expect(samples.length).toBeGreaterThan(0);
});

test.each(samples)("the sample %s is not underlined", (path) => {
  expect(violations(JSON.parse(readFileSync(join(SAMPLES, path), "utf8")), schema)).toEqual([]);
});

const one = { program: "a.c" };
const disk = (files: unknown, more = {}): unknown => ({
  environments: [one],
  disk: { sectors: 2048, files, ...more },
});
test.each([
  ["the smallest one", { environments: [one] }, true],
  [
    "one with everything",
    {
      $schema: "x",
      description: "x",
      machine: { pages: 4096, tlb: 64 },
      tick: 5000,
      policy: { tick: 10, excessTick: 1, forfeitsPerExcess: 2, excessMax: 3, askSteps: 5 },
      environments: [
        {
          name: "a",
          program: "a.c",
          arguments: ["x", "1"],
          slices: [0, 3],
          createsEnvironments: true,
          guaranteed: 12,
          quota: 40,
          administers: true,
          arbiter: true,
        },
        { name: "b", program: "b.elf", slices: 2 },
      ],
      console: [{ at: 100, text: "hello\n" }],
    },
    true,
  ],
  [
    "a network",
    {
      environments: [one],
      network: { loopback: { latency: 5 }, packets: "a.pcap", out: "b.pcap" },
    },
    true,
  ],
  ["a network with nothing", { environments: [one], network: {} }, true],
  [
    "packets of a file at steps of its own",
    { environments: [one], network: { packets: { file: "a.pcap", at: 7, spacing: 100 } } },
    true,
  ],
  [
    "packets in a list",
    { environments: [one], network: { loopback: true, packets: [{ at: 7, hex: "00 ff 1A" }] } },
    true,
  ],
  ["half a byte", { environments: [one], network: { packets: [{ at: 7, hex: "0" }] } }, false],
  [
    "a packet of nothing",
    { environments: [one], network: { packets: [{ at: 7, hex: "" }] } },
    false,
  ],
  [
    "a packet without a step",
    { environments: [one], network: { packets: [{ hex: "00" }] } },
    false,
  ],
  ["packets without a file", { environments: [one], network: { packets: { at: 1 } } }, false],
  ["a loopback without latency", { environments: [one], network: { loopback: {} } }, false],
  ["a loopback of a number", { environments: [one], network: { loopback: 5 } }, false],
  ["an unknown key of the network", { environments: [one], network: { pcap: "a" } }, false],
  [
    "a disk with files of each kind",
    disk({
      "/sh": "sh.c",
      "/bin": null,
      "/bin/ls": { program: "ls.c", libos: ["x"], uid: 3 },
      "/README": "README.txt",
      "/ls.c": { file: "ls.c" },
      "/motd": { text: "hello\n", mode: "600" },
      "/tmp": { folder: true, mode: "777" },
      "/console": { device: [1, 1] },
    }),
    true,
  ],
  ["a disk with no files", disk({}), true],
  ["a number of inodes", disk({}, { inodes: 40 }), true],
  ["one inode", disk({}, { inodes: 1 }), false],
  ["a disk with files and an image", disk({}, { image: "a.img" }), false],
  ["a relative path", disk({ sh: "sh.c" }), false],
  ["a path through ..", disk({ "/../sh": "sh.c" }), false],
  ["a path that ends with /", disk({ "/bin/": null }), false],
  ["the root as a file", disk({ "/": null }), false],
  ["a name of 14 letters", disk({ "/abcdefghijklmn": null }), true],
  ["a name of 15 letters", disk({ "/abcdefghijklmno": null }), false],
  ["a file of no name", disk({ "/a": "" }), false],
  ["a file that is a number", disk({ "/a": 1 }), false],
  ["a file that is nothing", disk({ "/a": {} }), false],
  ["a file that is two things", disk({ "/a": { text: "", device: [1, 1] } }), false],
  ["an unknown key of a file", disk({ "/a": { text: "", size: 1 } }), false],
  ["parts of the libOS for a text", disk({ "/a": { text: "", libos: [] } }), false],
  ["a device with one number", disk({ "/a": { device: [1] } }), false],
  ["a device of -1", disk({ "/a": { device: [1, -1] } }), false],
  ["a mode that is a number", disk({ "/a": { text: "", mode: 644 } }), false],
  ["a mode that is not octal", disk({ "/a": { text: "", mode: "648" } }), false],
  ["an owner that is negative", disk({ "/a": { text: "", uid: -1 } }), false],
  ["no environment", { environments: [] }, false],
  ["no environments at all", {}, false],
  ["an unknown key", { environments: [one], disc: {} }, false],
  ["an unknown key of an environment", { environments: [{ ...one, args: [] }] }, false],
  ["an unknown key of the machine", { environments: [one], machine: { ram: 1 } }, false],
  ["too few pages", { environments: [one], machine: { pages: 511 } }, false],
  ["too many pages", { environments: [one], machine: { pages: 131_073 } }, false],
  ["too large a TLB", { environments: [one], machine: { tlb: 1025 } }, false],
  ["a broken tick", { environments: [one], tick: 10.5 }, false],
  ["an unknown policy", { environments: [one], policy: { fair: 1 } }, false],
  ["a position past the vector", { environments: [{ ...one, slices: [64] }] }, false],
  ["a negative quota", { environments: [{ ...one, quota: -1 }] }, false],
  ["an arbiter that is a word", { environments: [{ ...one, arbiter: "yes" }] }, false],
  ["a number as argument", { environments: [{ ...one, arguments: [1] }] }, false],
  ["input without a step", { environments: [one], console: [{ text: "x" }] }, false],
  ["weakened guards", { environments: [one], weaken: [...WEAKENABLE_GUARDS] }, true],
  ["a structural guard", { environments: [one], weaken: ["slot holds a capability"] }, false],
  ["a guard that is not in a list", { environments: [one], weaken: "page is free" }, false],
  ["an environment without a program", { environments: [{ name: "a" }] }, false],
])("schema and parser agree on %s", (_, scenario, isValid) => {
  expect(violations(scenario, schema).length === 0).toBe(isValid);
  expect(parserAccepts(scenario)).toBe(isValid);
});
