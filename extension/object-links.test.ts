import { beforeEach, expect, test } from "vitest";
import type { HistoryPosition } from "../debug-adapter/protocol.ts";
import { KernelModel } from "./kernel-model.ts";
import { registerObjectLinks } from "./object-links.ts";
import { stub } from "./testing/vscode-stub.ts";
import type { Row, Subject } from "./views/row.ts";

const now: HistoryPosition = { branch: 2, step: 900, event: 30 };
const made: HistoryPosition = { branch: 2, step: 100, event: 8 };
const place = { path: "/project/client.c", line: 12 };
const row = (subject: Subject): Row => ({
  id: "row",
  label: "a row",
  tooltip: () => "",
  icon: "key",
  context: "",
  subject,
});

/** A stopped session that answers as it is told and notes what it is asked. */
function linked(answers: Readonly<Record<string, unknown>>, chosen?: Row) {
  const model = new KernelModel();
  const asked: unknown[][] = [];
  const session = {
    id: "s",
    async customRequest(...request: unknown[]) {
      asked.push(request);
      return { "exo/history": { now }, ...answers }[request[0] as string];
    },
  };
  const shown = model.begin(session);
  shown.hear({ kind: "stopped", threadId: 514 });
  registerObjectLinks(
    model,
    () => chosen,
    async () => undefined,
  );
  const run = (command: string, of?: Row) => stub.handlers.get(`exoscope.${command}`)?.(of);
  return { shown, asked, run };
}

beforeEach(() => {
  stub.messages.length = 0;
  stub.opened.length = 0;
});

const chain = [
  { text: "bound" },
  { text: "accepted", position: made, place },
  { text: "allocated", position: now },
];
const slot = { environment: 514, slot: 16 };

test("Go to Source opens the line of the nearest grant that has one", async () => {
  const { run, asked } = linked({ "exo/provenance": { text: "", chain } });
  await run("goToSource", row({ object: slot }));
  expect(asked).toContainEqual(["exo/provenance", slot]);
  expect(stub.opened).toEqual([place]);
});

test("Go to Source of a row that has a line of its own asks nobody", async () => {
  const { run, asked } = linked({});
  await run("goToSource", row({ object: slot, place }));
  expect([asked, stub.opened]).toEqual([[], [place]]);
});

test("Go to Event goes to the moment of the grant, and of a row that tells of an event to behind that event", async () => {
  const { run, asked } = linked({ "exo/provenance": { text: "", chain } });
  await run("goToMaking", row({ object: slot }));
  expect(asked.at(-1)).toEqual(["exo/goTo", { position: made }]);
  await run("goToMaking", row({ object: slot, event: { step: 700, index: 20 } }));
  expect(asked.at(-1)).toEqual(["exo/goTo", { position: { branch: 2, step: 700, event: 21 } }]);
});

test("what was so from the start is said, and what is no object too", async () => {
  const { run } = linked({ "exo/provenance": { text: "Where it is from.", chain: [] } });
  await run("goToMaking", row({ object: slot }));
  await run("whoCanReach", row({}));
  await run("breakOnObject", row({}));
  await run("historyOfObject");
  expect(stub.messages).toEqual([
    expect.stringMatching(/^Where it is from. It was so from the start/),
    "'a row' is no object of the kernel.",
    "'a row' is no object of the kernel.",
    "Choose a row of one of the kernel's views first.",
  ]);
});

test("who can reach it and its history are kept as answers, of the chosen row when none is given", async () => {
  const items = [{ text: "client slot 16: rw-g-", environment: 514, position: made }];
  const answers = {
    "exo/whoCanReach": { text: "1 environment can reach it.", items },
    "exo/historyOf": { title: "page 0x12d", items },
  };
  const { run, shown } = linked(answers, row({ object: slot }));
  await run("whoCanReach");
  await run("historyOfObject", row({ frame: 0x12d }));
  expect(shown.answers.map(({ title }) => title)).toEqual([
    "History of page 0x12d",
    "1 environment can reach it.",
  ]);
});
