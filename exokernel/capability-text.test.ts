import { expect, test } from "vitest";
import { capabilityDot, capabilityText } from "./capability-text.ts";
import { B, call, done } from "./testing/snippets.ts";
import { boot } from "./testing/system.ts";

/** Two environments, one page offered and accepted, one derived, one that stands offered. */
function shared() {
  const system = boot([
    {
      name: "owner",
      source: `
      ${call("PAGE_ALLOC", [0, "SLOT_MEMORY", "ANY", 100])}
      ${call("CAP_DERIVE", [0, 100, 0, 101, 9])}
      ${call("CAP_OFFER", [101, B, 1])}
      ${call("CAP_OFFER", [100, B, 3])}
      ${done}`,
    },
    {
      name: "the borrower",
      source: `
      ${call("CAP_ACCEPT", [B - 1, 101, 50])}
      ${done}`,
    },
  ]);
  system.run(25_000);
  const names = new Map([...system.ids].map(([name, id]) => [id, name]));
  return { view: system.view, nameOf: (id: number) => names.get(id) ?? "launcher" };
}

test("the text has every capability with its rights and where it came from", async () => {
  const { view, nameOf } = shared();
  await expect(capabilityText(view, nameOf)).toMatchFileSnapshot("golden/capabilities.cdl");
});

test("the graph has a node for every capability and an edge for every derivation", async () => {
  const { view, nameOf } = shared();
  const dot = capabilityDot(view, nameOf);
  await expect(dot).toMatchFileSnapshot("golden/capabilities.dot");
  const all = view.environments().flatMap(({ id }) => view.capabilities(id));
  expect(dot.match(/^ {4}c\d+ \[/gm)).toHaveLength(all.length);
  expect(dot.match(/->/g)).toHaveLength(all.filter(({ parent }) => parent !== 0).length);
});
