/**
 * Guest instructions a second on programs of many kinds, and the ratio to QEMU on the same objects in the same run: the machine emulator
 * (`virt`, machine mode, paging off), the same counting instructions exactly as ours always does (`-icount shift=0`), and the user
 * emulator. Ours is an environment on the kernel, with the default TLB and slices, and the history is recorded.
 *
 * Start-up is subtracted: of QEMU the time with a count of 0; ours is measured from boot to exit within the process.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { Debuggee } from "../debug-adapter/debuggee.ts";
import { LoadedImage } from "../debug-adapter/loaded-image.ts";
import { RunControl } from "../debug-adapter/run/run-control.ts";
import { SourceMap } from "../debug-adapter/source-map.ts";
import { BareBuilder } from "./bare-programs.ts";
import { type Figure, figure, median } from "./figures.ts";

/** Seconds that a run of ours should take at least; where a program is about its first steps its length is fixed. */
const SECONDS = Number(process.env["EXOSCOPE_BENCH_SECONDS"] ?? 2);
const RUNS = Number(process.env["EXOSCOPE_BENCH_RUNS"] ?? 5);
const MANY_FUNCTIONS_COUNT = 300;

type Peer = "system" | "icount" | "user";
const PEERS: Readonly<Record<Peer, readonly string[]>> = {
  system: ["qemu-system-riscv32", "-machine", "virt", "-bios", "none", "-nographic", "-m", "64M"],
  icount: [
    "qemu-system-riscv32",
    ..."-machine virt -bios none -nographic -m 64M -icount shift=0".split(" "),
  ],
  user: ["qemu-riscv32"],
};
const START: Readonly<Record<Peer, string>> = {
  system: "qemu-system",
  icount: "qemu-system",
  user: "qemu-user",
};

/** Of these programs, in their order. */
export async function measureSpeed(
  root: string,
  folder: string,
  programs: readonly string[],
): Promise<Figure[]> {
  const builder = await BareBuilder.of(root, folder);
  const peers = (Object.keys(PEERS) as Peer[]).filter((peer) => isThere(peer));
  if (peers.length === 0) {
    process.stderr.write("no QEMU: install qemu-system-misc and qemu-user for the ratios to it\n");
  }
  const figures: Figure[] = [];
  const ratios = new Map<Peer, number[]>(peers.map((peer) => [peer, []]));
  const only = process.argv[process.argv.indexOf("--program") + 1];
  for (const name of programs) {
    if (process.argv.includes("--program") && name !== only) continue;
    const count =
      name === "many-functions" ? MANY_FUNCTIONS_COUNT : await calibrated(builder, name);
    const files = (of: number) => (start: string) => builder.build(name, start, of);
    const [full, empty] = [files(count), files(0)];
    const ours: number[] = [];
    const interpreted: number[] = [];
    const theirs = new Map<Peer, number[]>(peers.map((peer) => [peer, []]));
    let steps = 0;
    for (let i = 0; i < RUNS; i++) {
      const run = await execute(full("exoscope"), "translator");
      steps = run.retired;
      ours.push(run.seconds);
      for (const peer of peers) {
        const start = START[peer];
        theirs.get(peer)!.push(timed(peer, full(start)) - timed(peer, empty(start)));
      }
    }
    if (process.argv.includes("--interpreter")) {
      interpreted.push((await execute(full("exoscope"), "interpreter")).seconds);
      figures.push(
        figure(
          `${name}: interpreter`,
          "MIPS",
          interpreted.map((each) => steps / each / 1e6),
        ),
      );
    }
    figures.push(
      figure(
        `${name}: ours`,
        "MIPS",
        ours.map((each) => steps / each / 1e6),
      ),
    );
    for (const peer of peers) {
      const ratio = median(theirs.get(peer)!) / median(ours);
      ratios.get(peer)!.push(ratio);
      figures.push(figure(`${name}: ours / qemu ${peer}`, "x", [ratio]));
    }
    process.stderr.write(
      `${name}: ${figures
        .slice(-1 - peers.length)
        .map(({ value, unit }) => `${value} ${unit}`)
        .join(", ")}\n`,
    );
  }
  for (const [peer, all] of ratios) {
    figures.push(figure(`geometric mean: ours / qemu ${peer}`, "x", [geometricMean(all)]));
    figures.push(figure(`least: ours / qemu ${peer}`, "x", [Math.min(...all)]));
  }
  return figures;
}

/** How much of a program takes long enough. */
async function calibrated(builder: BareBuilder, name: string): Promise<number> {
  for (let count = 1; ; ) {
    const { seconds } = await execute(builder.build(name, "exoscope", count), "translator");
    if (seconds >= SECONDS) return count;
    count = Math.ceil(count * Math.min(20, Math.max(1.3, (SECONDS * 1.15) / seconds)));
  }
}

/** As `exo run` runs it. */
async function execute(path: string, engine: "translator" | "interpreter") {
  const elf = new Uint8Array(readFileSync(path));
  const image = new LoadedImage(path, elf, new SourceMap([], () => true, true));
  const programs = [{ name: "bench", image, arguments: [], slices: 1, createsEnvironments: false }];
  const debuggee = new Debuggee({ programs, engine });
  const control = new RunControl(debuggee);
  const started = performance.now();
  const { kind } = await control.run();
  if (kind !== "exited") throw new Error(`${path} stopped: ${kind}`);
  const seconds = (performance.now() - started) / 1000;
  return { seconds, retired: debuggee.kernel.machine.retired };
}

function isThere(peer: Peer): boolean {
  return spawnSync(PEERS[peer][0]!, ["--version"]).status === 0;
}

/** Seconds of a whole process. */
function timed(peer: Peer, path: string): number {
  const [command = "", ...options] = PEERS[peer];
  const args = peer === "user" ? [...options, path] : [...options, "-kernel", path];
  const started = performance.now();
  const { status, stderr } = spawnSync(command, args, { stdio: ["ignore", "ignore", "pipe"] });
  if (status !== 0) throw new Error(`${command} ${path}: ${stderr}`);
  return (performance.now() - started) / 1000;
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
