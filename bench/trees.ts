/** What a stop costs all trees together: the adapter's answers over stdio, and the rows that are made of them. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type {
  BindingsBody,
  CapabilitiesBody,
  EnvironmentsBody,
  ExtentsBody,
  HistoryBody,
  PagesBody,
  SlicesBody,
} from "../debug-adapter/protocol.ts";
import { StdioClient } from "../debug-adapter/testing/stdio-client.ts";
import type { Bodies } from "../extension/kernel-model.ts";
import { bindingRows } from "../extension/views/bindings.ts";
import { capabilityRows } from "../extension/views/capabilities.ts";
import { environmentRows } from "../extension/views/environments.ts";
import { extentRows } from "../extension/views/extents.ts";
import { historyRows } from "../extension/views/history.ts";
import { pageRows } from "../extension/views/pages.ts";
import type { Row } from "../extension/views/row.ts";
import { sliceRows } from "../extension/views/slices.ts";
import { type Figure, figure } from "./figures.ts";

const ENVIRONMENTS = 8;
const PAGES_EACH = 110;
const STOPS = 100;

/** Takes pages, then changes one of them at every turn: there is always a next step, and something new to see. */
const HOLDER = `
#include <libos.h>
int main(void) {
  int last = 0;
  for (int i = 0; i < ${PAGES_EACH}; i++) {
    last = slot_alloc();
    exo_page_alloc(0, EXO_SLOT_MEMORY, EXO_ANY, last);
    exo_bind(0, 0x50000000 + i * 4096, last, EXO_RIGHT_READ | EXO_RIGHT_WRITE);
  }
  for (;;) { //@step held
    exo_unbind(0, 0x50000000);
    exo_bind(0, 0x50000000, last, EXO_RIGHT_READ);
  }
}
`;

export async function measureTrees(root: string, folder: string): Promise<Figure[]> {
  const program = join(folder, "holder.c");
  writeFileSync(program, HOLDER);
  const environments = Array.from({ length: ENVIRONMENTS }, (_, i) => ({
    name: `holder${i}`,
    program: "holder.c",
  }));
  const scenario = join(folder, "holders.exo.json");
  writeFileSync(scenario, JSON.stringify({ machine: { pages: 16_384 }, environments }));
  const client = new StdioClient(join(root, "dist/debug-adapter.js"), {
    ...process.env,
    EXOSCOPE_CACHE: join(folder, "warm"),
  });
  await client.request("initialize", { adapterID: "exoscope" });
  client.send("launch", { program: scenario });
  await client.event("initialized");
  const line = HOLDER.split("\n").findIndex((text) => text.includes("@step held")) + 2;
  await client.request("setBreakpoints", { source: { path: program }, breakpoints: [{ line }] });
  await client.request("configurationDone");
  // Until all have taken theirs: each reaches the line once before any is far in its loop.
  let { threadId } = await client.event<{ threadId: number }>("stopped");
  const reached = new Set([threadId]);
  for (let i = 0; i < 10_000 && reached.size < ENVIRONMENTS; i += 1) {
    await client.request("continue", { threadId });
    ({ threadId } = await client.event<{ threadId: number }>("stopped"));
    reached.add(threadId);
  }
  const whole: number[] = [];
  const rowsOnly: number[] = [];
  let before = await read(client);
  const counts = `${before.pages.pageCount.toLocaleString("en")} pages, ${before.capabilities.capabilities.length.toLocaleString("en")} capabilities`;
  for (let i = 0; i < STOPS; i += 1) {
    await client.request("next", { threadId });
    ({ threadId } = await client.event<{ threadId: number }>("stopped"));
    const started = performance.now();
    const now = await read(client);
    const answered = performance.now();
    drawn(now, before, threadId);
    whole.push(performance.now() - started);
    rowsOnly.push(performance.now() - answered);
    before = now;
  }
  await client.request("disconnect");
  await client.exited();
  const p95 = (values: readonly number[]) =>
    [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.95)] ?? 0;
  return [
    figure(`stop to all trees, ${counts}`, "ms", whole),
    figure(`stop to all trees, ${counts}, p95`, "ms", [p95(whole)]),
    figure(`rows of all trees, ${counts}, p95`, "ms", [p95(rowsOnly)]),
  ];
}

async function read(client: StdioClient): Promise<Bodies> {
  const [environments, capabilities, pages, slices, bindings, extents, history] = await Promise.all(
    [
      client.request<EnvironmentsBody>("exo/environments"),
      client.request<CapabilitiesBody>("exo/capabilities", {}),
      client.request<PagesBody>("exo/pages"),
      client.request<SlicesBody>("exo/slices"),
      client.request<BindingsBody>("exo/bindings"),
      client.request<ExtentsBody>("exo/extents"),
      client.request<HistoryBody>("exo/history"),
    ],
  );
  return { environments, capabilities, pages, slices, bindings, extents, history };
}

/** Makes the rows that VS Code asks for: the roots, and what is unfolded. */
function drawn(now: Bodies, before: Bodies, focused: number): number {
  const { environments } = now.environments;
  const of = <P extends keyof Bodies>(part: P) => ({
    now: now[part],
    before: before[part],
    environments,
    focused,
  });
  return [
    environmentRows(of("environments")),
    capabilityRows(of("capabilities")),
    pageRows(of("pages")),
    sliceRows(of("slices")),
    bindingRows(of("bindings")),
    extentRows(of("extents")),
    historyRows(now.history, []),
  ].reduce((sum, rows) => sum + unfolded(rows), 0);
}

const unfolded = (rows: readonly Row[]): number =>
  rows.reduce((sum, row) => sum + 1 + (row.isOpen ? unfolded(row.children?.() ?? []) : 0), 0);
