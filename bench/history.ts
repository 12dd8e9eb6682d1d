/** What the history costs a run, and how long it takes to go back: machine, kernel and run control, without an editor. */
import { readFileSync } from "node:fs";
import { Snapshots } from "#emulator";
import { type Kernel, Timeline } from "#exokernel";
import { Debuggee } from "../debug-adapter/debuggee.ts";
import { LoadedImage } from "../debug-adapter/loaded-image.ts";
import { Backward } from "../debug-adapter/run/backward.ts";
import { RunControl } from "../debug-adapter/run/run-control.ts";
import { SourceMap } from "../debug-adapter/source-map.ts";
import { BareBuilder } from "./bare-programs.ts";
import { type Figure, figure } from "./figures.ts";
import { bootElf, bootSource, DATA_PAGES, runPieces, writer } from "./guests.ts";

/** So many that a twentieth of them takes some milliseconds where they are fastest. */
const STEPS = 400_000_000;
const PROGRAMS = ["sha256", "sort", "records", "lists"] as const;
/** No program comes to its end. */
const COUNT = 100_000_000;

/** All figures; `program` is an executable that runs for long, with debug data. */
export async function measureHistory(
  program: { readonly path: string; readonly bytes: Uint8Array },
  root: string,
  folder: string,
): Promise<Figure[]> {
  return [
    ...(await overheads(root, folder)),
    ...snapshots(),
    ...(await reverse(program.bytes, program.path)),
    ...memory(),
  ];
}

/** Time with a history over time without, on little loops and on programs that the translator runs fast. */
async function overheads(root: string, folder: string): Promise<Figure[]> {
  const loops = [
    ["arithmetic", writer(0)],
    ["one page written", writer(1)],
    ["400 pages written", writer(400)],
  ] as const;
  const builder = await BareBuilder.of(root, folder);
  return [
    ...loops.map(([name, source]) => overhead(name, () => bootSource(source))),
    ...PROGRAMS.map((name) => {
      const elf = new Uint8Array(readFileSync(builder.build(name, "exoscope", COUNT)));
      return overhead(name, () => bootElf(elf));
    }),
  ];
}

/** A twentieth of each in turn, so that the machine's moods meet both. */
function overhead(name: string, boot: () => Kernel): Figure {
  const ratios: number[] = [];
  for (let i = 0; i < 9; i += 1) {
    const plain = boot();
    const timeline = new Timeline(boot());
    runPieces(plain, STEPS / 4);
    runPieces(timeline, STEPS / 4);
    let [without, withIt] = [0, 0];
    for (let turn = 0; turn < 20; turn += 1) {
      const isFirst = turn % 2 === 0;
      if (isFirst) without += timed(() => runPieces(plain, STEPS / 20));
      withIt += timed(() => runPieces(timeline, STEPS / 20));
      if (!isFirst) without += timed(() => runPieces(plain, STEPS / 20));
    }
    ratios.push((withIt / without - 1) * 100);
  }
  return figure(`recording overhead, ${name}`, "%", ratios, { atMost: 5 });
}

/** A snapshot by how many pages changed since the last. */
function snapshots(): Figure[] {
  return [1, 10, 100, 400].map((pages) => {
    const kernel = bootSource(writer(pages));
    const taken = new Snapshots(kernel.machine);
    const times: number[] = [];
    for (let i = 0; i < 40; i += 1) {
      kernel.run(pages * 60);
      times.push(timed(() => taken.take()) * 1000);
    }
    return figure(
      `snapshot, ${pages} page${pages === 1 ? "" : "s"} changed`,
      "µs",
      times.slice(10),
    );
  });
}

/** From a key to the stop, after so many steps. */
async function reverse(elf: Uint8Array, path: string): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const exponent of [6, 7, 8, 9]) {
    const bound = exponent === 9 ? { atMost: 100 } : {};
    const image = new LoadedImage(path, elf, new SourceMap([], () => true, true));
    const debuggee = new Debuggee({
      programs: [{ name: "long", image, arguments: [], slices: 1, createsEnvironments: false }],
    });
    const control = new RunControl(debuggee);
    const backward = new Backward(debuggee, control);
    control.limit = 10 ** exponent;
    await control.run();
    control.limit = Number.POSITIVE_INFINITY;
    const over: number[] = [];
    const into: number[] = [];
    for (let i = 0; i < 15; i += 1) {
      const thread = debuggee.view.running || debuggee.firstId;
      over.push(await timedAsync(() => backward.over(thread, "statement")));
      into.push(await timedAsync(() => backward.into(thread, "instruction")));
    }
    figures.push(figure(`step back over, after 10^${exponent} steps`, "ms", over, bound));
    figures.push(
      figure(`the first of them, after 10^${exponent} steps`, "ms", over.slice(0, 1), bound),
    );
    figures.push(
      figure(`step back one instruction, after 10^${exponent} steps`, "ms", into, bound),
    );
    const far: number[] = [];
    for (let i = 1; i < 8; i += 1) {
      const step = Math.floor((10 ** exponent * i) / 8);
      far.push(timed(() => debuggee.timeline.seekStep(step)));
    }
    figures.push(figure(`to a far moment of 10^${exponent} steps`, "ms", far));
  }
  return figures;
}

/** What a long recording keeps in memory. */
function memory(): Figure[] {
  const kernel = bootSource(writer(DATA_PAGES));
  const timeline = new Timeline(kernel);
  for (let done = 0; done < 300_000_000; done += 1_000_000) timeline.run(1_000_000);
  const { bytes, count } = timeline.kept;
  return [
    figure("snapshots after 3*10^8 steps, 400 pages written", "MiB", [bytes / 2 ** 20]),
    figure("their number", "snapshots", [count]),
  ];
}

function timed(work: () => unknown): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}

async function timedAsync(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
