import { expect, test } from "vitest";
import {
  CLIENT,
  capabilitiesAt,
  capability,
  environment,
  LAUNCHER,
  SERVER,
  server,
} from "../testing/kernel-state.ts";
import { capabilityRows } from "./capabilities.ts";
import { asText } from "./row.ts";

const environments = [
  environment({ id: LAUNCHER, name: "launcher", isLauncher: true }),
  environment(),
  server(),
];
const memory = (fields: object) =>
  capability({
    kind: "memory",
    resource: 0,
    resourceText: "all free pages",
    rights: "rwxgc",
    slot: 1,
    isOwner: false,
    ...fields,
  });
const forest = [
  memory({ environment: LAUNCHER, isOwner: true, childCount: 1 }),
  memory({ parent: { environment: LAUNCHER, slot: 1 }, childCount: 1 }),
  capability({ parent: { environment: CLIENT, slot: 1 }, childCount: 2 }),
  capability({
    slot: 17,
    rights: "r----",
    isOwner: false,
    parent: { environment: CLIENT, slot: 16 },
  }),
  capability({
    environment: SERVER,
    slot: 20,
    rights: "r----",
    isOwner: false,
    parent: { environment: CLIENT, slot: 16 },
  }),
];
const picture = (now = capabilitiesAt(5, forest)) => ({ now, environments });

test("each environment's table is a forest of derivation, with signposts across environments", () => {
  expect(asText(capabilityRows(picture()))).toMatchInlineSnapshot(
    `
    "client (env 514)  3 in its table
      1: all free pages  rwxgc · from launcher slot 1
        16: page 0x12d  rw-g- · owner
          17: page 0x12d  r----
          to server slot 20  r----
    server (env 771)  1 in its table
      20: page 0x12d  r---- · from client slot 16
    launcher (env 257)  1 in its table
      1: all free pages  rwxgc · owner
        to client slot 1  rwxgc
    "
  `.replaceAll("\n    ", "\n"),
  );
});

test("the table of the environment in focus is unfolded", () => {
  const rows = capabilityRows({ ...picture(), focused: CLIENT });
  expect(rows.map(({ isOpen }) => isOpen)).toEqual([true, false, false]);
});

test("what changed is gathered first, with its holder and a word", () => {
  const now = capabilitiesAt(9, [
    ...forest.slice(0, 3),
    capability({
      slot: 17,
      rights: "rw---",
      isOwner: false,
      parent: { environment: CLIENT, slot: 16 },
    }),
    capability({ slot: 18 }),
  ]);
  const [group, client] = capabilityRows({ ...picture(now), before: capabilitiesAt(5, forest) });
  expect(group).toMatchObject({
    label: "Since the last stop",
    description: "1 new, 1 changed, 1 gone",
  });
  expect(group!.children!().map(({ label, description }) => `${label} ${description}`)).toEqual([
    "17: page 0x12d changed · client · rw---",
    "18: page 0x12d new · client · rw-g- · owner",
    "20: page 0x12d gone · server · r----",
  ]);
  expect(client!.description).toBe("1 new, 1 changed · 4 in its table");
});

test("a slot that was freed and filled again is a change even with the same resource", () => {
  const before = capabilitiesAt(1, [capability({ step: 10 })]);
  const [group] = capabilityRows({
    ...picture(capabilitiesAt(2, [capability({ step: 20 })])),
    before,
  });
  expect(group!.description).toBe("1 changed");
});

test("commands find holder, slot, parent and frame", () => {
  const path = capabilityRows(picture())[0]!.children!()[0]!.children!();
  expect(path[0]!.subject).toEqual({
    environment: CLIENT,
    slot: 16,
    frame: 0x12d,
    object: { environment: CLIENT, slot: 16 },
    parent: { environment: CLIENT, slot: 1 },
  });
});

test("a capability that is gone says how and by whom, and leads to the event", () => {
  const gone = capability({ slot: 40 });
  const removed = {
    environment: CLIENT,
    slot: 40,
    resourceText: "page 0x12d",
    why: "revoked",
    by: SERVER,
    step: 150,
    event: 77,
  };
  const now = { ...capabilitiesAt(200, []), removed: [removed] };
  const [group] = capabilityRows({ ...picture(now), before: capabilitiesAt(120, [gone]) });
  const [row] = group!.children!();
  expect(row!.description).toBe("gone · revoked by server · client · rw-g-");
  expect(row!.subject?.event).toEqual({ step: 150, index: 77 });
});

test("a capability's tooltip tells where it comes from, up to the root", () => {
  const all = [
    capability({ slot: 1, kind: "memory", rights: "----c", step: 1 }),
    capability({ slot: 16, parent: { environment: CLIENT, slot: 1 } }),
    capability({
      environment: SERVER,
      slot: 20,
      rights: "r----",
      parent: { environment: CLIENT, slot: 16 },
    }),
  ];
  const rows = capabilityRows(picture(capabilitiesAt(1, all)));
  const lent = rows.find(({ id }) => id === `table:${SERVER}`)!.children!()[0]!;
  expect(lent.tooltip()).toContain(
    "Where it comes from, up to the root:\n\n1. slot 16 of client \\(env 514\\), `rw-g-`, since step 100\n2. slot 1 of client",
  );
});

test("a full table of every environment makes no more than its top rows until one is unfolded", () => {
  const many = Array.from({ length: 1024 }, (_, slot) => capability({ slot, resource: slot }));
  const rows = capabilityRows(picture(capabilitiesAt(1, many)));
  expect(rows).toHaveLength(1);
  expect(rows[0]!.children!()).toHaveLength(11);
});
