/** Compiles C programs and scenarios and runs them on the machine: what the guests' tests are made of. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { type ElfImage, parseElf } from "#emulator";
import {
  type ConsoleInput,
  checkInvariants,
  Kernel,
  type KernelDisk,
  type KernelEvent,
  type KernelNetwork,
  type KernelStop,
  Launcher,
  type Policy,
  type Program,
} from "#exokernel";
import { type CompileRequest, type CompileResult, compile } from "../compiler/compile.ts";
import { findCompiler } from "../compiler/find-compiler.ts";
import { nodeHost } from "../host.ts";
import { imageName, parseScenario, type ScenarioDisk } from "../scenario.ts";
import { makeDiskImage } from "../scenario-files.ts";
import { networkOf } from "../scenario-network.ts";
import { stripProgram } from "../strip-program.ts";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");
export const LIBOS = join(ROOT, "libos");
export const WORKSPACE = join(ROOT, "test-workspace");
/** Kept between runs of the tests, as a user's is. */
export const CACHE = join(tmpdir(), "exoscope-test-cache");

export interface GuestRun {
  readonly output: string;
  /** Exit status by the name of the environment; absent while it lives. */
  readonly statuses: ReadonlyMap<string, number>;
  readonly stop: KernelStop["kind"];
  /** Why environments were destroyed by force. */
  readonly fatal: readonly string[];
  readonly events: readonly KernelEvent[];
  readonly kernel: Kernel;
}

export interface RunOptions {
  readonly steps?: number;
  readonly tick?: number;
  readonly pages?: number;
  readonly console?: readonly ConsoleInput[];
  readonly disk?: KernelDisk;
  readonly network?: KernelNetwork;
  readonly policy?: Partial<Policy>;
  /** Called at each event after the launch, to look at the kernel at that moment. */
  readonly onEvent?: (event: KernelEvent, kernel: Kernel) => void;
  readonly arguments?: readonly string[];
  readonly optimisation?: CompileRequest["optimisation"];
  readonly libos?: CompileRequest["libos"];
}

/** Compiles one source with zig; the request's other fields may be given. */
export async function compileGuest(
  source: string,
  more: Partial<CompileRequest> = {},
): Promise<CompileResult> {
  const found = await findCompiler({ preferred: "zig", searchFrom: [ROOT] });
  if (found.compiler === undefined) throw new Error(found.because);
  const name = createHash("sha256")
    .update(JSON.stringify([source, more]))
    .digest("hex");
  return compile({
    compiler: found.compiler,
    sources: [source],
    output: join(CACHE, `guests-${process.pid}`, `${name.slice(0, 16)}.elf`),
    libosFolder: LIBOS,
    cacheFolder: CACHE,
    ...more,
  });
}

/** Compiles one source and reads the executable. Throws with the compiler's words. */
export async function buildGuest(
  source: string,
  more: Partial<CompileRequest> = {},
): Promise<ElfImage> {
  return parseElf(await guestBytes(source, more));
}

/** Executables of our own sources, which no test changes: each is compiled once for a file of tests. */
const compiled = new Map<string, Promise<Uint8Array>>();

function guestBytes(source: string, more: Partial<CompileRequest>): Promise<Uint8Array> {
  if (relative(ROOT, source).startsWith("..")) return freshBytes(source, more);
  const key = JSON.stringify([source, more]);
  const known = compiled.get(key) ?? freshBytes(source, more);
  compiled.set(key, known);
  return known;
}

async function freshBytes(source: string, more: Partial<CompileRequest>): Promise<Uint8Array> {
  const result = await compileGuest(source, more);
  if (!result.ok) throw new Error(result.text);
  return readFileSync(result.output);
}

/** Runs a `.c` file alone, or all programs of a `.exo.json`. */
export async function runGuest(path: string, options: RunOptions = {}): Promise<GuestRun> {
  const { optimisation, libos: chosen } = options;
  if (path.endsWith(".c")) {
    const image = await buildGuest(path, { optimisation, libos: chosen });
    const program = {
      name: basename(path, ".c"),
      image,
      ...(options.arguments === undefined ? {} : { arguments: options.arguments }),
    };
    return runPrograms([program], options);
  }
  const scenario = parseScenario(path, readFileSync(path, "utf8"));
  const images = new Map<string, ElfImage>();
  const programs: Program[] = [];
  for (const { guaranteed, ...environment } of scenario.environments) {
    const source = join(dirname(path), environment.program);
    const { libos } = environment;
    const key = imageName({ program: source, ...(libos === undefined ? {} : { libos }) });
    const image = images.get(key) ?? (await buildGuest(source, { optimisation, libos }));
    images.set(key, image);
    const pages = guaranteed === undefined ? {} : { guaranteedPages: guaranteed };
    programs.push({ ...environment, ...pages, image });
  }
  return runPrograms(programs, {
    console: scenario.console,
    policy: scenario.policy,
    ...(scenario.tick === undefined ? {} : { tick: scenario.tick }),
    ...(scenario.pages === undefined ? {} : { pages: scenario.pages }),
    ...(scenario.disk === undefined
      ? {}
      : { disk: await diskOf(scenario.disk, path, optimisation) }),
    ...(scenario.network === undefined
      ? {}
      : {
          network: networkOf(scenario.network, path, (name) => join(dirname(path), name), nodeHost),
        }),
    ...options,
  });
}

/** The disk of a scenario, with the files and programs that it puts there. */
export function buildDisk(path: string, optimisation: RunOptions["optimisation"]) {
  const { disk } = parseScenario(path, readFileSync(path, "utf8"));
  if (disk === undefined) throw new Error(`${path} has a disk`);
  return diskOf(disk, path, optimisation);
}

async function diskOf(
  { image, contents, ...disk }: ScenarioDisk,
  scenario: string,
  optimisation: RunOptions["optimisation"],
): Promise<KernelDisk> {
  const near = (name: string): string => join(dirname(scenario), name);
  if (image !== undefined) return { ...disk, image: readFileSync(near(image)) };
  if (contents === undefined) return disk;
  const programs = new Map<string, Uint8Array>();
  for (const file of contents.files) {
    if (file.kind !== "program") continue;
    const bytes = await guestBytes(near(file.program), { optimisation, libos: file.libos });
    programs.set(file.path, stripProgram(bytes, parseElf(bytes)));
  }
  const made = makeDiskImage(disk.sectors, contents, scenario, {
    program: ({ path }) => programs.get(path) ?? new Uint8Array(),
    copy: (name) => readFileSync(near(name)),
  });
  return { ...disk, image: made };
}

/** Boots programs and runs them to the end, or for as many steps as allowed; the invariants hold afterwards. */
export function runPrograms(programs: readonly Program[], options: RunOptions = {}): GuestRun {
  const { steps = 20_000_000, tick, pages, policy, console, disk, network } = options;
  const kernel = new Kernel({
    ...(pages === undefined ? {} : { pages }),
    policy: { ...policy, ...(tick === undefined ? {} : { tick }) },
    ...(console === undefined ? {} : { console }),
    ...(disk === undefined ? {} : { disk }),
    ...(network === undefined ? {} : { network }),
  });
  const bytes: number[] = [];
  const events: KernelEvent[] = [];
  const statuses = new Map<string, number>();
  kernel.machine.console.onOutput = (byte) => bytes.push(byte);
  const launched = new Launcher(kernel).launch(programs);
  kernel.onEvent = (event) => {
    events.push(event);
    options.onEvent?.(event, kernel);
    if (event.kind !== "destroyed") return;
    const name = launched.find(({ id }) => id === event.target)?.program.name;
    if (name !== undefined) statuses.set(name, event.status);
  };
  const stop = kernel.run(steps);
  const broken = checkInvariants(kernel);
  if (broken.length > 0) throw new Error(`invariants broken:\n${broken.join("\n")}`);
  return {
    output: Buffer.from(bytes).toString("utf8"),
    statuses,
    stop: stop.kind,
    fatal: events.flatMap((event) => (event.kind === "fatal" ? [event.because] : [])),
    events,
    kernel,
  };
}
