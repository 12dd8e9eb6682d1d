/** The DOT export against Graphviz itself, where that is installed. */
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { DapClient } from "../../../debug-adapter/testing/dap-client.ts";
import { isLeftOut } from "../../../debug-adapter/testing/installed.ts";

const isSkipped = isLeftOut(["dot"], "nobody but our own tests reads the DOT export");

test.skipIf(isSkipped).each(["share/share.exo.json", "revocation/polite.exo.json"])(
  "Graphviz reads the capabilities of %s: a node for each, an edge for each that was derived",
  async (program) => {
    const client = new DapClient();
    await client.launch({ program, stopAtEnd: true });
    await client.stopped();
    await client.request("exo/goTo", { step: 20_000 });
    await client.stopped();
    const { capabilities } = await client.request("exo/capabilities", {});
    const { text } = await client.request("exo/capabilityText", { format: "dot" });
    const dot = spawnSync("dot", ["-Tjson0"], { input: text, encoding: "utf8" });
    expect(dot.stderr).toBe("");
    const { objects, edges } = JSON.parse(dot.stdout) as {
      objects: { name: string; nodes?: number[] }[];
      edges: { head: number; tail: number }[];
    };
    const nodes = objects.filter(({ name }) => /^c\d+$/.test(name));
    expect(nodes.length).toBe(capabilities.length);
    const derived = capabilities.filter(({ parent }) => parent !== undefined);
    expect(edges.length).toBe(derived.length);
  },
);
