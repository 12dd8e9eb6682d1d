/**
 * What operations of UNIX cost in a libOS (v6) and in one server (mono): entries of the kernel and guest instructions of all that take part,
 * counted by the machine at -O2. The same source runs on both.
 */
import { join } from "node:path";
import { type ElfImage, parseElf } from "#emulator";
import { ENTRIES, Kernel, Launcher } from "#exokernel";
import { FileSystem } from "../debug-adapter/fs/file-system.ts";
import { stripProgram } from "../debug-adapter/strip-program.ts";
import { buildGuestFile } from "./build-guest.ts";
import { type Figure, figure } from "./figures.ts";

/** Names as test-workspace/mono/operations.c has them, and what they are. */
export const OPERATIONS = {
  getpid: "getpid",
  dup: "dup, and close of the duplicate",
  sbrk: "sbrk of a page",
  touch: "first touch of a page",
  copy: "store to a page shared by fork",
  read: "read of a page",
  write: "write of a page",
  open: "open and close",
  small: "create, write and remove a file",
  get: "read a file of 200 KiB",
  put: "write a file of 200 KiB anew",
  ping: "pipe: a byte there and back",
  single: "pipe: a byte one way",
  sector: "pipe: 512 bytes one way",
  stream: "pipe: a page one way",
  fork: "fork, exit, wait",
  hundred: "the same, 100 pages touched",
  exec: "fork, exec, exit, wait",
} as const;

export type Operation = keyof typeof OPERATIONS;
const NAMES = Object.keys(OPERATIONS) as Operation[];

export interface UnixCost {
  /** Crossings between a program and the kernel for each operation, of which an entry is two. */
  readonly crossings: number;
  readonly instructions: number;
  /** What the clock of the machine counts, without time in which nobody runs: instructions and entries of the kernel. */
  readonly steps: number;
  /** Requests to the disk that wait for the platter. */
  readonly barriers: number;
  /** On this computer, in microseconds. */
  readonly time: number;
}

/** Bytes that an operation moves. */
const MOVED: Partial<Record<Operation, number>> = {
  read: 4096,
  write: 4096,
  get: 204_800,
  put: 204_800,
  single: 1,
  sector: 512,
  stream: 4096,
};
/** How often each is measured for its time; all else comes out the same each time. */
const RUNS = 5;

export const SYSTEMS = ["v6", "mono"] as const;
export type System = (typeof SYSTEMS)[number];
export type UnixCosts = Readonly<Record<System, Readonly<Record<Operation, UnixCost>>>>;

const SERVERS = { v6: "v6/world.c", mono: "mono/server.c" } as const;
const COUNT = 16;
const BLOCKS = 2048;
const STEPS = 100_000_000;

/** A call of another process by two pipes: 32 bytes or a page there, and 32 back. */
export const PIPE_CALLS = { "null call": "words", "4096 bytes": "page" } as const;
type PipeCall = (typeof PIPE_CALLS)[keyof typeof PIPE_CALLS];

export async function measurePipeCalls(
  root: string,
  folder: string,
): Promise<Readonly<Record<System, Readonly<Record<PipeCall, UnixCost>>>>> {
  const names = Object.values(PIPE_CALLS);
  return {
    v6: await measureSystem("v6", names, root, folder),
    mono: await measureSystem("mono", names, root, folder),
  };
}

export async function measureUnixCosts(root: string, folder: string): Promise<UnixCosts> {
  return {
    v6: await measureSystem("v6", NAMES, root, folder),
    mono: await measureSystem("mono", NAMES, root, folder),
  };
}

async function measureSystem<Name extends string>(
  system: System,
  names: readonly Name[],
  root: string,
  folder: string,
): Promise<Record<Name, UnixCost>> {
  const build = async (name: string, libos: readonly string[]) =>
    (await buildGuestFile(root, join(root, "test-workspace", name), folder, "2", libos)).bytes;
  const server = parseElf(await build(SERVERS[system], []));
  const program = await build("mono/operations.c", system === "mono" ? ["mono"] : []);
  const empty = runOperation(server, program, "nothing");
  const costs = names.map((name) => {
    const cost = runOperation(server, program, name);
    const each = (of: keyof UnixCost) => (cost[of] - empty[of]) / COUNT;
    return [
      name,
      {
        crossings: each("crossings"),
        instructions: each("instructions"),
        steps: each("steps"),
        barriers: each("barriers"),
        time: each("time"),
      },
    ];
  });
  return Object.fromEntries(costs) as Record<Name, UnixCost>;
}

/** Between the marks of the program. Time in which nobody runs is no entry. */
function runOperation(server: ElfImage, program: Uint8Array, name: string): UnixCost {
  const disk = FileSystem.make(BLOCKS);
  disk.write("/operations", stripProgram(program, parseElf(program)), { mode: 0o755 });
  // Slices are long: their ends are no part of an operation.
  const kernel = new Kernel({
    pages: 8192,
    policy: { tick: 1_000_000 },
    disk: { sectors: 2 * BLOCKS, image: disk.image },
  });
  const { machine } = kernel;
  const marks: {
    readonly steps: number;
    readonly retired: number;
    readonly idle: number;
    readonly barriers: number;
    readonly time: number;
  }[] = [];
  let [idle, barriers] = [0, 0];
  kernel.onEvent = (event) => {
    if (event.kind === "idle" && Number.isFinite(event.until)) idle += event.until - machine.steps;
    if (event.kind === "diskRequest" && event.request === "barrier") barriers += 1;
    if (event.kind === "entry" && event.entry === ENTRIES.packet.number) {
      const { steps, retired } = machine;
      marks.push({ steps, retired, idle, barriers, time: performance.now() });
    }
  };
  new Launcher(kernel).launch([
    {
      name: "server",
      image: server,
      arguments: ["/operations", name, String(COUNT)],
      createsEnvironments: true,
    },
  ]);
  const stop = kernel.run(STEPS);
  const [begin, end] = marks;
  if (stop.kind !== "exited" || begin === undefined || end === undefined)
    throw new Error(`operation '${name}' was not measured: the machine stopped by '${stop.kind}'`);
  const retired = end.retired - begin.retired;
  const steps = end.steps - begin.steps - (end.idle - begin.idle);
  return {
    instructions: retired,
    steps,
    crossings: 2 * (steps - retired),
    barriers: end.barriers - begin.barriers,
    time: 1000 * (end.time - begin.time),
  };
}

export async function measureUnix(root: string, folder: string): Promise<Figure[]> {
  const runs: UnixCosts[] = [];
  for (let i = 0; i < RUNS; i++) runs.push(await measureUnixCosts(root, folder));
  const [costs] = runs;
  if (costs === undefined) return [];
  process.stderr.write(unixText(costs));
  return SYSTEMS.flatMap((system) => [
    ...NAMES.flatMap((name) => {
      const { crossings, instructions, steps, barriers } = costs[system][name];
      const times = runs.map((each) => each[system][name].time);
      const id = `${system}: ${OPERATIONS[name]}`;
      return [
        figure(`${id}: crossings`, "", [crossings]),
        figure(`${id}: guest instructions`, "", [instructions]),
        figure(`${id}: steps`, "", [steps]),
        ...(barriers > 0 ? [figure(`${id}: barriers`, "", [barriers])] : []),
        figure(`${id}: time`, "microseconds", times),
      ];
    }),
    ...NAMES.flatMap((name) => {
      const bytes = MOVED[name];
      if (bytes === undefined) return [];
      const { steps } = costs[system][name];
      const times = runs.map((each) => bytes / each[system][name].time);
      const id = `${system}: ${OPERATIONS[name]}: throughput`;
      return [
        figure(`${id} in steps`, "bytes/1,000 steps", [(1000 * bytes) / steps]),
        figure(`${id} in time`, "MB/s", times),
      ];
    }),
  ]);
}

const round = (value: number) => String(Math.round(value * 10) / 10);

/** Side by side, as people read it. */
export function unixText(costs: UnixCosts): string {
  const columns = SYSTEMS.flatMap((system) => [`${system} crossings`, "instructions"]);
  const row = (name: string, cells: readonly string[]) =>
    `${name.padEnd(34)}${cells.map((cell) => cell.padStart(15)).join("")}`;
  const rows = NAMES.map((name) =>
    row(
      OPERATIONS[name],
      SYSTEMS.flatMap((system) => [
        round(costs[system][name].crossings),
        round(costs[system][name].instructions),
      ]),
    ),
  );
  return `${["", row("for each operation", columns), ...rows].join("\n")}\n`;
}
