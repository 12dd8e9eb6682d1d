/**
 * `npm run bench`: medians of several runs, as a table or with `--json` as one array of { id, value, unit, runs, min,
 * max }; `--only history` measures one section. What is measured is what a user waits for: the bundled adapter as a process, spoken to over stdio.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { measureArmedElsewhere } from "./armed.ts";
import { FLOAT_PROGRAMS, PROGRAMS } from "./bare-programs.ts";
import { buildGuestFile } from "./build-guest.ts";
import { measureConditions } from "./conditions.ts";
import { type Figure, figure, table } from "./figures.ts";
import { measureFirstOutput } from "./first-output.ts";
import { measureGrading } from "./grade.ts";
import { measureHistory } from "./history.ts";
import { measureInterpreter } from "./interpreter.ts";
import { measureKernel } from "./kernel.ts";
import { Latency } from "./latency.ts";
import { measureLibos } from "./libos.ts";
import { measureNetwork } from "./network.ts";
import { measureRecordings } from "./recordings.ts";
import { measureRpc } from "./rpc.ts";
import { measureShortRuns } from "./short-runs.ts";
import { measureSpeed } from "./speed.ts";
import { measureTrees } from "./trees.ts";
import { measureTransactions } from "./txn.ts";
import { measureUnix } from "./unix.ts";
import { measureArmed, measureHits } from "./watchpoints.ts";

const ROOT = join(__dirname, "..");

type Section = () => Promise<readonly Figure[]>;

async function main(): Promise<void> {
  const figures: Figure[] = [];
  const folder = mkdtempSync(join(tmpdir(), "exoscope-bench-"));
  const only = process.argv[process.argv.indexOf("--only") + 1];
  try {
    for (const [name, measure] of Object.entries(sections(folder))) {
      if (process.argv.includes("--only") && name !== only) continue;
      process.stderr.write(`measuring: ${name} ...\n`);
      figures.push(...(await measure()));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  process.stdout.write(
    process.argv.includes("--json") ? `${JSON.stringify(figures)}\n` : table(figures),
  );
  for (const { failure } of figures) {
    if (failure === undefined) continue;
    process.stderr.write(`bench: ${failure}\n`);
    process.exitCode = 1;
  }
}

/** What can be measured, by the word that `--only` takes. */
function sections(folder: string): Record<string, Section> {
  const latency = new Latency(ROOT, folder);
  const stepped = join(folder, "stepped.c");
  writeFileSync(stepped, STEPPED);
  return {
    launch: async () => [
      figure("launch to main, cold cache", "ms", await latency.launchCold(3)),
      figure("launch to main, warm", "ms", await latency.launchWarm(11)),
    ],
    stop: async () => {
      const figures: Figure[] = [];
      for (const count of [3, 64]) {
        const scenario = join(folder, `many-${count}.exo.json`);
        writeFileSync(scenario, manyEnvironments(count));
        const times = await latency.stopToViews(scenario, 20);
        const id = `stop to stack and trees, ${count} environments`;
        figures.push(figure(id, "ms", times));
        figures.push(figure(`${id}, p95`, "ms", [percentile(times, 0.95)]));
      }
      return figures;
    },
    trees: () => measureTrees(ROOT, folder),
    pause: async () => [figure("pause of an endless loop", "ms", await latency.pause(15))],
    interpreter: () => measureInterpreter(ROOT, folder, 5),
    speed: () => measureSpeed(ROOT, folder, PROGRAMS),
    floats: () => measureSpeed(ROOT, folder, FLOAT_PROGRAMS),
    kernel: async () => [...measureKernel(), ...(await measureLibos(ROOT, folder))],
    network: () => measureNetwork(ROOT, folder),
    rpc: () => measureRpc(ROOT, folder),
    mono: () => measureUnix(ROOT, folder),
    watch: async () => [
      figure("time with a watch on another page", "% of without", measureArmed(15)),
      figure("stops at a watched page", "thousand/s", measureHits(5)),
    ],
    conditions: () => measureConditions(ROOT, folder),
    start: () => measureFirstOutput(ROOT, folder),
    short: () => measureShortRuns(ROOT, folder),
    armed: () => measureArmedElsewhere(ROOT, folder),
    history: async () => {
      const elf = await buildGuestFile(ROOT, stepped, folder);
      return measureHistory(elf, ROOT, folder);
    },
    txn: () => measureTransactions(ROOT, folder),
    recordings: () => measureRecordings(ROOT, folder),
    grade: () => measureGrading(ROOT, folder),
  };
}

/** Three calls deep, and never done: there is always a next step. */
const STEPPED = `
struct point { int x, y; };
static int deep(struct point *p) { p->x++; p->y += p->x; return p->y; }
static int middle(struct point *p) { return deep(p) + 1; }
int main(void) {
  struct point p = {1, 2};
  int sum = 0;
  for (;;) {
    sum += middle(&p);
    sum -= p.x;
    sum ^= 1;
  }
}
`;

function manyEnvironments(count: number): string {
  const environments = Array.from({ length: count }, (_, i) => ({
    name: `env${i}`,
    program: "stepped.c",
  }));
  return JSON.stringify({ machine: { pages: 16_384 }, environments });
}

function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
}

void main();
