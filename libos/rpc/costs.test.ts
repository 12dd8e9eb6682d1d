/** What calls cost, in what is counted exactly; the figures themselves are the bench's. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type Cost,
  costsText,
  measureCosts,
  measureUnixPipes,
  turningPoint,
  winners,
} from "../../bench/rpc.ts";
import { ROOT } from "../../debug-adapter/testing/run-guest.ts";

const folder = mkdtempSync(join(tmpdir(), "exoscope-costs-"));
let costs: readonly Cost[];
beforeAll(async () => {
  costs = [...(await measureCosts(ROOT, folder)), ...(await measureUnixPipes(ROOT, folder))];
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const of = (payload: Cost["payload"], name: string): Cost => {
  const found = costs.find((cost) => cost.payload === payload && cost.name === name);
  if (found === undefined) throw new Error(`no row '${name}'`);
  return found;
};
const nullCall = (name: string) => of("null call", name);

test("a call is four crossings, and a distrusting one has about twice the instructions of a trusting one", () => {
  const trusting = nullCall("trusting");
  const distrusting = nullCall("distrusting, server clears");
  for (const cost of [trusting, distrusting, nullCall("rpc_call of the default libOS")])
    expect(cost.crossings).toBeCloseTo(4, 1);
  const ratio = distrusting.instructions / trusting.instructions;
  expect(ratio).toBeGreaterThan(1.5);
  expect(ratio).toBeLessThan(2.5);
});

test("by pipes it is eight crossings in a kernel and twenty through a server, each with more instructions than by a transfer", () => {
  expect(nullCall("pipes in a kernel (computed)").crossings).toBeCloseTo(8, 1);
  // Four operations by a call and a reply each, and two gifts of the processor.
  expect(nullCall("pipes of a server").crossings).toBeCloseTo(20, 1);
  expect(nullCall("pipes of a server").instructions).toBeGreaterThan(
    2 * nullCall("distrusting, server clears").instructions,
  );
});

test("by the pipes of UNIX it is more than by any other way, whether UNIX is a library or one server", () => {
  for (const system of ["v6", "mono"]) {
    const pipes = nullCall(`pipes of ${system}`);
    // Four operations, of which the two reads find nothing at first, and sleep.
    expect(pipes.crossings).toBeGreaterThanOrEqual(24);
    expect(pipes.crossings).toBeLessThan(40);
    for (const cost of costs.filter(({ payload }) => payload === "null call"))
      if (!cost.name.startsWith("pipes of "))
        expect(pipes.instructions).toBeGreaterThan(cost.instructions);
  }
});

test("a ring has fewer crossings the more messages are on the way, and wins from some charge on", () => {
  const [one, sixteen, many] = [1, 16, 64].map((n) => nullCall(`ring, ${n} at a time`));
  expect(one?.crossings).toBeCloseTo(4, 1);
  expect(sixteen?.crossings).toBeLessThan(1);
  expect(many?.crossings).toBeLessThan(sixteen?.crossings ?? 0);
  const trusting = nullCall("trusting");
  const charge = turningPoint(many as Cost, trusting) ?? 0;
  expect(charge).toBeGreaterThan(0);
  expect(
    winners(costs.filter(({ payload }) => payload === "null call")).map(({ cost }) => cost.name),
  ).toEqual(["trusting", "ring, 64 at a time"]);
});

test("a page by capability is cheaper than copying it twice, the more so when it is kept", () => {
  const page = of("4096 bytes", "page by capability, each call");
  const kept = of("4096 bytes", "page by capability, kept");
  const pipes = of("4096 bytes", "pipes in a kernel (computed)");
  expect(kept.crossings).toBeCloseTo(4, 1);
  expect(kept.instructions).toBeLessThan(page.instructions);
  expect(page.instructions).toBeLessThan(pipes.instructions);
  expect(turningPoint(pipes, page)).toBeGreaterThan(0);
});

test("the winner changes where the cycles of two are equal", () => {
  const a = {
    name: "a",
    payload: "null call",
    instructions: 10,
    crossings: 8,
    measured: true,
  } as const;
  const b = { ...a, name: "b", instructions: 40, crossings: 2 };
  const c = { ...a, name: "c", instructions: 100, crossings: 4 };
  expect(turningPoint(b, a)).toBe(5);
  expect(turningPoint(a, b)).toBeUndefined();
  expect(winners([c, b, a]).map(({ cost, from }) => [cost.name, from])).toEqual([
    ["a", 0],
    ["b", 5],
  ]);
  expect(costsText([a, b])).toContain("cheapest: a from 0, b from 5 a crossing");
});
