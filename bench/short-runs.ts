/**
 * Whether the translator ever makes a program slower: runs of 10^4 to 10^7 steps with it and with the interpreter alone, each in a process of
 * its own, since in a user's process nothing is warm. The two engines take turns. Measured is the run; the start of the process is the same.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { BareBuilder, PROGRAMS } from "./bare-programs.ts";
import { type Figure, figure, median } from "./figures.ts";

const EXPONENTS = [4, 5, 6, 7] as const;
const RUNS = 5;
/** No program comes to its end. */
const COUNT = 100_000_000;
const ENGINES = ["interpreter", "translator"] as const;
type Engine = (typeof ENGINES)[number];

interface Guest {
  readonly name: string;
  readonly file: string;
  readonly input?: string;
}

/** Programs on libOSes: a world of UNIX in which a shell and others run, a monolithic server, a pager, threads. */
const WORLDS: readonly Guest[] = [
  { name: "v6, shell", file: "v6/v6.exo.json", input: "ls\ncat sh | grep a\nwc sh as ls\n" },
  { name: "mono", file: "mono/mono.exo.json" },
  { name: "pager", file: "page-fault.c" },
  { name: "ping-pong", file: "ping-pong/ping-pong.exo.json" },
];

export async function measureShortRuns(root: string, folder: string): Promise<Figure[]> {
  const builder = await BareBuilder.of(root, folder);
  const only = process.argv[process.argv.indexOf("--program") + 1];
  const guests: Guest[] = [
    ...PROGRAMS.map((name) => ({ name, file: builder.build(name, "exoscope", COUNT) })),
    ...WORLDS,
  ].filter(({ name }) => !process.argv.includes("--program") || name === only);
  // What runs before anything is measured fills the cache.
  for (const guest of guests) once(root, folder, guest, "translator", 10 ** 6);
  const figures: Figure[] = [];
  for (const exponent of EXPONENTS) {
    const ratios = guests.map((guest) => ({
      name: guest.name,
      ...compare(root, folder, guest, 10 ** exponent),
    }));
    figures.push(
      ...ratios.map(({ name, pairs }) =>
        figure(`translator / interpreter, 10^${exponent} steps, ${name}`, "x", pairs),
      ),
    );
    const worst = ratios.reduce((a, b) => (a.ratio > b.ratio ? a : b));
    const id = `worst at 10^${exponent} steps: ${worst.name}`;
    figures.push(figure(id, "x", [worst.ratio], { atMost: 1 }));
  }
  return figures;
}

/** Time with the translator over time with the interpreter: of each pair, and of the medians. */
function compare(root: string, folder: string, guest: Guest, steps: number) {
  const times: Record<Engine, number[]> = { interpreter: [], translator: [] };
  for (let i = 0; i < RUNS; i += 1) {
    const order: readonly Engine[] = i % 2 === 0 ? ENGINES : [...ENGINES].reverse();
    for (const engine of order) times[engine].push(once(root, folder, guest, engine, steps));
  }
  return {
    pairs: times.translator.map((time, i) => time / (times.interpreter[i] ?? Number.NaN)),
    ratio: median(times.translator) / median(times.interpreter),
  };
}

/** Milliseconds of a run in a process of its own. */
function once(root: string, folder: string, guest: Guest, engine: Engine, steps: number): number {
  const { stderr } = spawnSync(
    process.execPath,
    [
      join(root, "dist/exo.js"),
      "run",
      ...["--engine", engine, "--max-steps", String(steps), "--stats", "json"],
      guest.file,
    ],
    {
      cwd: join(root, "test-workspace"),
      input: guest.input ?? "",
      encoding: "utf8",
      env: { ...process.env, EXOSCOPE_CACHE: join(folder, "cache") },
    },
  );
  const stats = /^\{"steps".*$/m.exec(stderr)?.[0];
  if (stats === undefined) throw new Error(`${guest.name} was not measured: ${stderr}`);
  return (JSON.parse(stats) as { readonly host: { readonly milliseconds: number } }).host
    .milliseconds;
}
