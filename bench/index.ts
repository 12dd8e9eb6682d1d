/**
 * `npm run bench`: medians of several runs, as a table or with `--json` as one array of { id, value, unit, runs, min,
 * max }. What is measured is what a user waits for: the bundled adapter as a process, spoken to over stdio.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Figure, figure, table } from "./figures.ts";
import { measureInterpreter } from "./interpreter.ts";
import { Latency } from "./latency.ts";

const ROOT = join(__dirname, "..");

async function main(): Promise<void> {
  const figures: Figure[] = [];
  const folder = mkdtempSync(join(tmpdir(), "exoscope-bench-"));
  try {
    const latency = new Latency(ROOT, folder);
    figures.push(figure("launch to main, cold cache", "ms", await latency.launchCold(3)));
    figures.push(figure("launch to main, warm", "ms", await latency.launchWarm(11)));
    for (const count of [3, 64]) {
      const scenario = join(folder, `many-${count}.exo.json`);
      writeFileSync(scenario, manyEnvironments(count));
      const times = await latency.stopToViews(scenario, 20);
      figures.push(figure(`stop to stack and trees, ${count} environments`, "ms", times));
      figures.push(figure(`the same, p95`, "ms", [percentile(times, 0.95)]));
    }
    figures.push(figure("pause of an endless loop", "ms", await latency.pause(15)));
    for (const { id, values } of await measureInterpreter(ROOT, 5)) {
      figures.push(figure(id, "million instructions/s", values));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  process.stdout.write(
    process.argv.includes("--json") ? `${JSON.stringify(figures)}\n` : table(figures),
  );
}

function manyEnvironments(count: number): string {
  const program = join(ROOT, "test-workspace/page-fault.c");
  const environments = Array.from({ length: count }, (_, i) => ({ name: `env${i}`, program }));
  return JSON.stringify({ machine: { pages: 16_384 }, environments });
}

function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
}

void main();
