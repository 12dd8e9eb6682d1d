/**
 * Breakpoints in a hot loop, as a session has them: run control over a recorded history, and the user's breakpoints with what decides at
 * their hits. Rounds of all kinds in turn, so that the host's moods meet all alike.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Breakpoints } from "../debug-adapter/breakpoints.ts";
import { Debuggee } from "../debug-adapter/debuggee.ts";
import { HitRecords } from "../debug-adapter/hit-record.ts";
import { LoadedImage } from "../debug-adapter/loaded-image.ts";
import { RunControl } from "../debug-adapter/run/run-control.ts";
import { Inspector } from "../debug-adapter/session/inspector.ts";
import { SourceMap } from "../debug-adapter/source-map.ts";
import { buildGuestFile } from "./build-guest.ts";
import { type Figure, figure } from "./figures.ts";

const SOURCE = `
struct node { int value; struct node *next; };
static struct node nodes[16];
volatile unsigned iterations;
volatile int problem;
__attribute__((noinline)) static void follow(struct node *node) {
  for (int i = 0;; i++) {
    iterations += node->value;
    node = node->next; // hot
    if (node->value < 0) {
      problem = i; // rare
      return;
    }
  }
}
int main(void) {
  for (int i = 0; i < 16; i++) nodes[i] = (struct node){1, &nodes[(i + 1) % 16]};
  follow(nodes);
  return 0;
}
`;

const KINDS: Readonly<Record<string, { line: string; condition?: string } | undefined>> = {
  none: undefined,
  "i == 2000000000": { line: "// hot", condition: "i == 2000000000" },
  "node->value < 0": { line: "// hot", condition: "node->value < 0" },
  "node->value < 0.5": { line: "// hot", condition: "node->value < 0.5" },
  "(not compiled) (int)(node->value + 0.5) < 0": {
    line: "// hot",
    condition: "(int)(node->value + 0.5) < 0",
  },
  "in a branch that is never taken": { line: "// rare" },
};

const ROUNDS = 9;
const STEPS = 200_000_000;
/** Of a condition that is not compiled, each evaluation is a stop. */
const SLOW_STEPS = 100_000;
const STOPS = 20_000;
/** Less than there is between two snapshots. */
const AGAIN = 1_500_000;

export async function measureConditions(root: string, folder: string): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const optimisation of ["0", "2"] as const) {
    const source = join(folder, `conditions-${optimisation}.c`);
    writeFileSync(source, SOURCE);
    const { path, bytes } = await buildGuestFile(root, source, folder, optimisation);
    const sessions = new Map(
      Object.keys(KINDS).map((kind) => [kind, new HotSession(path, bytes, source, kind)]),
    );
    const rates = new Map<string, number[]>(Object.keys(KINDS).map((kind) => [kind, []]));
    for (let round = 0; round <= ROUNDS; round += 1) {
      for (const [kind, session] of sessions) {
        const rate = await session.rate(kind.startsWith("(not compiled)") ? SLOW_STEPS : STEPS);
        // The first one is to get hot.
        if (round > 0) rates.get(kind)?.push(rate);
      }
    }
    const plain = rates.get("none") ?? [];
    for (const [kind, values] of rates) {
      const text = kind === "none" ? "no breakpoint" : `breakpoint ${kind}`;
      figures.push(figure(`-O${optimisation} loop, ${text}`, "million iterations/s", values));
      if (kind === "none" || kind.startsWith("(")) continue;
      const ratios = values.map((value, i) => value / (plain[i] ?? value));
      figures.push(figure(`-O${optimisation} loop, ${text} / without`, "x", ratios));
    }
    const ratios = await againOf(path, bytes, source);
    figures.push(
      figure(`-O${optimisation} loop, going back with a breakpoint in it / without`, "x", ratios),
    );
    const [onTimeline, inSession] = await stopsOf(path, bytes, source);
    figures.push(
      figure(`-O${optimisation} loop, hits and resumes on a timeline`, "thousand/s", onTimeline),
    );
    figures.push(
      figure(`-O${optimisation} loop, hits and resumes in a session`, "thousand/s", inSession),
    );
  }
  return figures;
}

/** How often a run stops at a breakpoint in the loop and is resumed, without and with what a session does about it. */
async function stopsOf(
  path: string,
  elf: Uint8Array,
  source: string,
): Promise<[onTimeline: number[], inSession: number[]]> {
  const session = new HotSession(path, elf, source, "none");
  await session.rate(STEPS / 10);
  session.set("// hot");
  const onTimeline: number[] = [];
  const inSession: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const { timeline } = session.debuggee;
    const started = performance.now();
    for (let stops = 0; stops < STOPS; ) {
      if (timeline.run(200_000, true).kind === "breakpoint") stops += 1;
    }
    const middle = performance.now();
    for (let stops = 0; stops < STOPS; stops += 1) await session.control.run();
    if (round === 0) continue;
    onTimeline.push(STOPS / (middle - started));
    inSession.push(STOPS / (performance.now() - middle));
  }
  return [onTimeline, inSession];
}

/** The time to be at a moment of the past, where the run is executed again and nothing stops, with a breakpoint in the loop over that without. */
async function againOf(path: string, elf: Uint8Array, source: string): Promise<number[]> {
  const session = new HotSession(path, elf, source, "none");
  await session.rate(STEPS);
  const { timeline } = session.debuggee;
  const far = timeline.now.step - AGAIN;
  const ratios: number[] = [];
  const time = (isArmed: boolean) => {
    if (isArmed) session.set("// hot");
    else session.clear();
    let time = 0;
    // The first one makes what was forgotten anew.
    for (let i = 0; i < 4; i += 1) {
      timeline.seekStep(far);
      const started = performance.now();
      timeline.seekStep(far + AGAIN);
      if (i > 0) time += performance.now() - started;
    }
    return time;
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    const isArmedFirst = round % 2 === 0;
    const one = time(isArmedFirst);
    const other = time(!isArmedFirst);
    ratios.push(isArmedFirst ? one / other : other / one);
  }
  return ratios;
}

class HotSession {
  readonly debuggee: Debuggee;
  readonly control: RunControl;
  readonly #breakpoints: Breakpoints;
  readonly #source: string;
  readonly #iterationsAt: number;

  constructor(path: string, elf: Uint8Array, source: string, kind: string) {
    const image = new LoadedImage(path, elf, new SourceMap([], () => true, true));
    this.debuggee = new Debuggee({
      programs: [{ name: "hot", image, arguments: [], slices: 1, createsEnvironments: false }],
    });
    this.control = new RunControl(this.debuggee);
    const records = new HitRecords(this.debuggee, this.control);
    let id = 0;
    this.#source = source;
    this.#breakpoints = new Breakpoints(
      this.debuggee,
      this.control,
      new Inspector(this.debuggee),
      (text) => {
        throw new Error(text);
      },
      () => ++id,
      records,
    );
    this.#iterationsAt = image.elf.symbol("iterations")?.value ?? 0;
    const wanted = KINDS[kind];
    if (wanted !== undefined) this.set(wanted.line, wanted.condition);
  }

  set(marker: string, condition?: string): void {
    const line = SOURCE.split("\n").findIndex((text) => text.includes(marker)) + 1;
    const rest = condition === undefined ? {} : { condition };
    const [set] = this.#breakpoints.setSource(this.#source, [{ line, ...rest }]);
    if (set?.verified !== true) throw new Error(set?.message ?? "no breakpoint was set");
  }

  clear(): void {
    this.#breakpoints.setSource(this.#source, []);
  }

  /** Millions of iterations a second, over so many steps. */
  async rate(steps: number): Promise<number> {
    const before = this.#iterations();
    this.control.limit = this.debuggee.kernel.steps + steps;
    const started = performance.now();
    const halt = await this.control.run();
    const time = performance.now() - started;
    this.control.limit = Number.POSITIVE_INFINITY;
    if (halt.kind !== "limit") throw new Error(`stopped: ${halt.kind}`);
    return (this.#iterations() - before) / time / 1000;
  }

  #iterations(): number {
    const { firstId } = this.debuggee;
    const bytes = this.debuggee.readMemory(firstId, this.#iterationsAt, 4);
    if (bytes === undefined) return 0;
    return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  }
}
