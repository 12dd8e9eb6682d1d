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
import { measureArmed, measureHits } from "./watchpoints.ts";

const ROOT = join(__dirname, "..");

async function main(): Promise<void> {
  const figures: Figure[] = [];
  const say = (what: string) => process.stderr.write(`measuring ${what} ...\n`);
  const folder = mkdtempSync(join(tmpdir(), "exoscope-bench-"));
  try {
    const latency = new Latency(ROOT, folder);
    say("the first launch");
    figures.push(figure("launch to main, cold cache", "ms", await latency.launchCold(3)));
    say("further launches");
    figures.push(figure("launch to main, warm", "ms", await latency.launchWarm(11)));
    writeFileSync(join(folder, "stepped.c"), STEPPED);
    for (const count of [3, 64]) {
      say(`a stop with ${count} environments`);
      const scenario = join(folder, `many-${count}.exo.json`);
      writeFileSync(scenario, manyEnvironments(count));
      const times = await latency.stopToViews(scenario, 20);
      figures.push(figure(`stop to stack and trees, ${count} environments`, "ms", times));
      figures.push(
        figure(`stop to stack and trees, ${count} environments, p95`, "ms", [
          percentile(times, 0.95),
        ]),
      );
    }
    say("a pause");
    figures.push(figure("pause of an endless loop", "ms", await latency.pause(15)));
    say("the interpreter");
    for (const { id, values } of await measureInterpreter(ROOT, 5)) {
      figures.push(figure(id, "million instructions/s", values));
    }
    say("data breakpoints");
    figures.push(figure("time with a watch on another page", "% of without", measureArmed(15)));
    figures.push(figure("stops at a watched page", "thousand/s", measureHits(5)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  process.stdout.write(
    process.argv.includes("--json") ? `${JSON.stringify(figures)}\n` : table(figures),
  );
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
