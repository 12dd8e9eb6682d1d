import { join } from "node:path";
import { expect, test } from "vitest";
import { runGuest, WORKSPACE } from "../debug-adapter/testing/run-guest.ts";

const at = (name: string) => join(WORKSPACE, "rpc", `${name}.exo.json`);
const lines = (...all: string[]) => `${all.join("\n")}\n`;

test("a client finds the calculator by its name and reaches it in five ways", async () => {
  const run = await runGuest(at("rpc"));
  expect(run.output).toBe(
    lines(
      "calculator: registered: yes",
      "client: trusting: 5",
      "client: distrusting: 5",
      "client: ring: 396",
      "client: page: 523776",
      "client: patient: 5",
    ),
  );
  expect(run.stop).toBe("idle"); // calculator and name server rest
  expect(Object.fromEntries(run.statuses)).toEqual({ client: 0 });
  // Nothing is left of the page: it was released.
  const owner = run.events.find((event) => event.kind === "offered" && event.rights === 1);
  expect(owner).toBeDefined();
});

test("a calculator that never replies costs its patient client a deadline, and the other all its time until it ends", async () => {
  const run = await runGuest(at("never"));
  expect(run.output).toBe(
    lines(
      "calculator: registered: yes",
      "client: patient: nothing there yet",
      "client: distrusting: no such environment (it may have been destroyed)",
    ),
  );
  expect(Object.fromEntries(run.statuses)).toEqual({ client: 0, calculator: 0 });
});

test("a careless calculator harms who trusts it and nobody else", async () => {
  const run = await runGuest(at("clobber"));
  expect(run.output.trimEnd().split("\n").sort()).toEqual([
    "distrusting: s1 was 0x1234, now it is 0x1234",
    "trusting: s1 was 0x1234, now it is 0x777",
  ]);
});
