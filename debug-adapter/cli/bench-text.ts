/** What `exo bench` found out, as people read it. */
import type { Engine } from "#emulator";
import type { BenchReport, Spread } from "./bench-command.ts";
import type { CallCounts } from "./call-counts.ts";
import type { End, EnvironmentCounts } from "./measure-run.ts";

/** Environments that are listed one by one. */
const ENVIRONMENTS = 10;
/** Kernel calls that are listed by name. */
const CALLS = 8;
const COLUMNS = ["calls", "upcalls", "transfers", "refills", "evictions", "slices"] as const;

export function benchText(report: BenchReport, runs: number, top: number): string {
  return [
    head(report),
    "",
    ...speed(report, runs),
    "",
    ...work(report),
    "",
    ...environments(report),
    ...functions(report, top),
    "",
  ].join("\n");
}

const ENDS: Readonly<Record<Exclude<End, "exited">, string>> = {
  idle: "until nobody could run any more",
  powerFailed: "until the power failed",
  limit: "and was stopped there (--max-steps)",
};

function head({ program, outcome }: BenchReport): string {
  const { steps, idle, end, exitStatus } = outcome;
  const how = end === "exited" ? `and ended with status ${exitStatus}` : ENDS[end];
  const slept = idle === 0 ? "" : ` (and ${grouped(idle)} in which nobody ran)`;
  return `${program} ran ${grouped(steps - idle)} steps${slept} ${how}.`;
}

function speed({ engines, outcome, cold }: BenchReport, runs: number): string[] {
  const row = (name: string, cell: (engine: Engine) => string) =>
    `${name.padEnd(34)}${cell("translator").padStart(24)}${cell("interpreter").padStart(24)}`;
  const rate = (value: number) => short(value / 1e6);
  const range = ({ least, most }: Spread, text: (value: number) => string) =>
    `${text(least)} to ${text(most)}`;
  const outputs = (text: (spread: Spread) => string) => (engine: Engine) => {
    const { firstOutputMilliseconds: spread } = engines[engine];
    return spread === undefined ? "" : text(spread);
  };
  return [
    row("", (engine) => engine),
    row(`million steps/s, median of ${runs}`, (of) => rate(engines[of].stepsPerSecond.median)),
    row("  least to most", (of) => range(engines[of].stepsPerSecond, rate)),
    row("milliseconds, median", (of) => short(engines[of].milliseconds.median)),
    ...(outcome.firstOutputStep === undefined
      ? ["nothing was written on the console"]
      : [
          row(
            `ms to the first output, at ${grouped(outcome.firstOutputStep)}`,
            outputs(({ median }) => short(median)),
          ),
        ]),
    `the very first run, with nothing warm, took ${short(cold.milliseconds)} ms${cold.firstOutput === undefined ? "" : `, to its first output ${short(cold.firstOutput)} ms`}`,
  ];
}

/** What a step is spent on, and what takes the machine out of translated code. */
function work({ outcome, translation, profile }: BenchReport): string[] {
  const steps = outcome.steps - outcome.idle;
  const { coldSteps, modules, regions, instructions, bytes, invalidations } = translation;
  const sum = (name: (typeof COLUMNS)[number] | "refusals") =>
    profile.environments.reduce((total, counts) => total + counts[name], 0);
  const often = (count: number) =>
    `${grouped(count)} (${short((1000 * count) / Math.max(1, steps))} in 1,000 steps)`;
  const upcalls = Object.entries(profile.upcalls)
    .sort(([, a], [, b]) => b - a)
    .map(([kind, count]) => `${kind} ${grouped(count)}`);
  return [
    line("translated", `${percent(translation.steps, steps)} of the steps`),
    line(
      "cold code",
      `${percent(coldSteps, steps)} of the steps, done from the instructions' bits`,
    ),
    line("interpreted", `${percent(steps - translation.steps - coldSteps, steps)} of the steps`),
    line(
      "",
      `${grouped(modules)} modules, ${grouped(regions)} regions, ${grouped(instructions)} instructions, ${grouped(bytes)} bytes of WebAssembly`,
    ),
    line("invalidated", `${grouped(invalidations)} modules, whose code was written or replaced`),
    line("kernel calls", `${often(sum("calls"))}, ${grouped(sum("refusals"))} refused`),
    ...calls(profile.calls),
    line("TLB refills", `${often(sum("refills"))}, ${grouped(sum("evictions"))} evictions`),
    line("ends of slices", often(profile.events["sliceEnded"] ?? 0)),
    line("upcalls", upcalls.length === 0 ? "none" : upcalls.join(", ")),
  ];
}

/** The most frequent ones by name. */
function calls(counts: CallCounts): string[] {
  const all = Object.entries(counts);
  if (all.length === 0) return [];
  const rest = all.slice(CALLS);
  const left = rest.reduce((sum, [, count]) => sum + count, 0);
  const named = all.slice(0, CALLS).map(([name, count]) => `${name} ${grouped(count)}`);
  const more = rest.length === 0 ? [] : [`${rest.length} more ${grouped(left)}`];
  return [line("", [...named, ...more].join(", "))];
}

const line = (name: string, text: string): string => `${name.padEnd(16)}${text}`;

function environments({ profile }: BenchReport): string[] {
  const all = profile.environments;
  const total = all.reduce((sum, { steps }) => sum + steps, 0);
  const row = (name: string, cells: readonly string[]) =>
    `${name.padEnd(28)}${cells.map((cell) => cell.padStart(14)).join("")}`;
  const rowOf = ({ name, id, ...counts }: EnvironmentCounts) =>
    row(`  ${name} (env ${id})`, [
      grouped(counts.steps),
      percent(counts.steps, total),
      ...COLUMNS.map((column) => grouped(counts[column])),
    ]);
  const rest = all.slice(ENVIRONMENTS);
  const left = rest.reduce((sum, { steps }) => sum + steps, 0);
  return [
    row("environments", ["steps", "share", ...COLUMNS]),
    ...all.slice(0, ENVIRONMENTS).map(rowOf),
    ...(rest.length === 0
      ? []
      : [row(`  ${rest.length} more`, [grouped(left), percent(left, total)])]),
  ];
}

function functions({ profile }: BenchReport, top: number): string[] {
  if (top === 0) return [];
  const rows = profile.functions
    .slice(0, top)
    .map(
      ({ name, environment, samples }) =>
        `  ${percent(samples, profile.samples).padStart(7)}  ${name} (${environment})`,
    );
  return ["", `functions, by ${grouped(profile.samples)} samples over the steps`, ...rows];
}

const grouped = (value: number): string => value.toLocaleString("en-US");

const percent = (part: number, whole: number): string =>
  `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;

/** Three digits that count. */
function short(value: number): string {
  if (value >= 100) return grouped(Math.round(value));
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
