/** What the history costs a run, and how long it takes to go back: machine, kernel and run control, without an editor. */
import { Snapshots } from "#emulator";
import { type Kernel, Timeline } from "#exokernel";
import { Debuggee } from "../debug-adapter/debuggee.ts";
import { LoadedImage } from "../debug-adapter/loaded-image.ts";
import { Backward } from "../debug-adapter/run/backward.ts";
import { RunControl } from "../debug-adapter/run/run-control.ts";
import { SourceMap } from "../debug-adapter/source-map.ts";
import { type Figure, figure } from "./figures.ts";
import { bootSource, DATA_PAGES, writer } from "./guests.ts";

const STEPS = 20_000_000;

/** All figures; `program` is an executable that runs for long, with debug data. */
export async function measureHistory(elf: Uint8Array, elfPath: string): Promise<Figure[]> {
  return [...overhead(), ...snapshots(), ...(await reverse(elf, elfPath)), ...memory()];
}

/** Time with a history over time without, a twentieth of each in turn, so that the machine's moods meet both. */
function overhead(): Figure[] {
  const figures: Figure[] = [];
  for (const [name, source] of [
    ["arithmetic", writer(0)],
    ["one page written", writer(1)],
    ["400 pages written", writer(400)],
  ] as const) {
    const ratios: number[] = [];
    for (let i = 0; i < 9; i += 1) {
      const plain = bootSource(source);
      const recorded = bootSource(source);
      const timeline = new Timeline(recorded);
      plain.run(STEPS / 4);
      timeline.run(STEPS / 4);
      let without = 0;
      let withIt = 0;
      for (let done = 0; done < STEPS; done += STEPS / 20) {
        without += timed(() => run(plain, STEPS / 20));
        withIt += timed(() => run(timeline, STEPS / 20));
      }
      ratios.push((withIt / without - 1) * 100);
    }
    figures.push(figure(`recording overhead, ${name}`, "%", ratios));
  }
  return figures;
}

function run(what: Kernel | Timeline, steps: number): void {
  for (let done = 0; done < steps; done += 200_000) what.run(200_000);
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
  for (const exponent of [6, 7, 8]) {
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
    figures.push(figure(`step back over, after 10^${exponent} steps`, "ms", over));
    figures.push(figure(`the first of them, after 10^${exponent} steps`, "ms", over.slice(0, 1)));
    figures.push(figure(`step back one instruction, after 10^${exponent} steps`, "ms", into));
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
