import { expect, test } from "vitest";
import {
  CLIENT,
  environment,
  environmentsAt,
  LAUNCHER,
  SERVER,
  server,
} from "../testing/kernel-state.ts";
import { environmentRows } from "./environments.ts";
import { asText } from "./row.ts";

const now = environmentsAt(5000, [
  environment({
    state: "waiting",
    stateText: "waits in a transfer to server (env 771)",
    waitingOn: SERVER,
  }),
  server({ state: "running", stateText: "running, serves client (env 514)", serving: CLIENT }),
]);

test("a row says name, state and where the environment stands", () => {
  expect(
    environmentRows({ now }).map(({ label, description }) => `${label}: ${description}`),
  ).toEqual([
    "client (env 514): waits in a transfer to server (env 771) · main client.c:12",
    "server (env 771): running, serves client (env 514) · serve server.c:30",
  ]);
});

test("the environment in focus is marked, and folded so that the others stay in sight", () => {
  const rows = environmentRows({ now, focused: SERVER });
  expect(rows.map(({ isFocused, isOpen }) => [isFocused, isOpen])).toEqual([
    [false, undefined],
    [true, undefined],
  ]);
});

test("the launcher stands last", () => {
  const launcher = environment({ id: LAUNCHER, name: "launcher", isLauncher: true });
  const rows = environmentRows({ now: environmentsAt(1, [launcher, server()]) });
  expect(rows.map(({ label }) => label)).toEqual(["server (env 771)", "launcher (env 257)"]);
});

test("below an environment stands what it owns, waits for and registered", () => {
  const rows = environmentRows({ now });
  const text = asText(rows.slice(0, 1));
  expect(text).toMatchInlineSnapshot(
    `
    "client (env 514)  waits in a transfer to server (env 771) · main client.c:12
      Stands at  main client.c:12 · 0x10040
      Waits for  server (env 771)
      Slices  at 0
      Pages owned  12
      Charged  13 pages, 10 guaranteed
      Asked to give back  nothing
      Capabilities  20
      Entries  1 registered
        store page fault  upcall_entry · 0x10100
      Pending upcalls  none
      Losses by force  none
      Counters  4,000 steps
        steps  4,000
        upcalls  1
        refusals  0
    "
  `.replaceAll("\n    ", "\n"),
  );
});

test("what is different from the last stop is said in words, with the old value below", () => {
  const before = environmentsAt(1, [environment()]);
  const after = environmentsAt(2, [
    environment({ pagesOwned: 13, counters: { steps: 9000, upcalls: 3 } }),
  ]);
  const [row] = environmentRows({ now: after, before });
  expect(row!.change).toEqual({ kind: "changed", words: ["pages 12 -> 13", "upcalls 1 -> 3"] });
  expect(row!.description).toBe("changed · running · main client.c:12");
  const below = row!.children!();
  expect(below.find(({ label }) => label === "Pages owned")).toMatchObject({
    description: "changed · 13 · was 12",
    change: { kind: "changed" },
  });
  const counters = below.find(({ label }) => label === "Counters")!.children!();
  expect(counters.map(({ description }) => description)).toEqual(["9,000 (+5,000)", "3 (+2)"]);
});

test("that an environment ran on is no change", () => {
  const before = environmentsAt(1, [environment()]);
  const after = environmentsAt(2, [
    environment({ pc: "0x10044", counters: { steps: 9, upcalls: 1 } }),
  ]);
  expect(environmentRows({ now: after, before })[0]!.change).toBeUndefined();
});

test("new and gone environments are listed as such", () => {
  const before = environmentsAt(1, [environment()]);
  const after = environmentsAt(2, [server()]);
  const rows = environmentRows({ now: after, before });
  expect(rows.map(({ label, description }) => `${label}: ${description}`)).toEqual([
    "server (env 771): new · rests until it is entered · serve server.c:30",
    "client (env 514): gone",
  ]);
});

test("the tooltip explains the state in the field's terms", () => {
  const [row] = environmentRows({ now });
  expect(row!.tooltip()).toContain("its slices are donated until the reply");
  expect(row!.tooltip()).toContain("Waits for a reply from server \\(env 771\\)");
});
