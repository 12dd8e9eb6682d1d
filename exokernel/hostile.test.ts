/**
 * Generated hostile guests (DESIGN.md 3, Bad input): whatever they do, the kernel's invariants hold, nothing throws, and
 * what happens does not depend on how the run is cut into pieces or on who watches.
 *
 * A small sample by default; EXOSCOPE_FULL=1 runs a million calls. A failure prints the seed: pass it on as EXOSCOPE_SEED.
 */
import fc from "fast-check";
import { test } from "vitest";
import { CALLS, REGISTERS } from "./abi.ts";
import { liveIndices } from "./environment.ts";
import { checkInvariants } from "./invariants.ts";
import { LaunchError } from "./launcher.ts";
import {
  ACTION_NUMBERS,
  type Action,
  type HostileCall,
  type Past,
  readCall,
} from "./testing/hostile-calls.ts";
import { setEntry } from "./testing/snippets.ts";
import { boot, type GuestSystem, guestImage } from "./testing/system.ts";

const FULL = process.env["EXOSCOPE_FULL"] === "1";
const SEED = Number(process.env["EXOSCOPE_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const parameters = (sample: number, full: number) => ({
  seed: SEED,
  numRuns: FULL ? full : sample,
  reporter: (run: fc.RunDetails<unknown>) => {
    if (!run.failed) return;
    const { errorInstance, numRuns, seed } = run;
    throw new Error(`seed ${seed}, run ${numRuns}: ${(errorInstance as Error).message}`, {
      cause: errorInstance,
    });
  },
});
const TIMEOUT = FULL ? 1_800_000 : 60_000;

/** A guest that survives its faults, answers transfers, and has something of everything where random entries lead. */
const source = (rests: boolean) => `
    la t0, recover
    csrw utvec, t0
    ${["TRANSFER", "TRANSFER_ASYNC", "CALLEE_DIED", "DOUBLE_UPCALL"].map((e) => setEntry(`ENTRY_${e}`, e === "DOUBLE_UPCALL" ? "recover" : "random")).join("\n")}
    ${rests ? "kcall REST" : "j random"}
  recover:
    la t0, random
    csrw uepc, t0
    li s0, DATA
    li s1, DATA
    csrwi ustatus, 16
    uret
  trap: ecall
  random:
    ${[
      "addi t0, t0, 1",
      "lw t1, 0(s0)",
      "csrwi ustatus, 1",
      "sw t1, 0(s1)",
      "uret",
      "csrwi ustatus, 0",
      "li s0, 0x40000",
      "kcall REST",
      "li s1, 0x40000",
      "csrr t6, utval\nkcall TRANSFER_SYNC",
      "li a0, 0\nkcall YIELD",
      "li s1, DATA",
      "amoadd.w t0, t1, (s1)",
      "csrw uepc, ra",
      "kcall SLEEP",
      "ebreak",
      "j random",
    ].join("\n")}`;

function hostileSystem(tick: number): GuestSystem {
  return boot(
    [
      { name: "a", source: source(false), createsEnvironments: true, guaranteed: true },
      { name: "b", source: source(true), slices: 2 },
      { name: "c", source: `${source(true)}\nnop` },
    ],
    { pages: 200, policy: { tick } },
  );
}

/** Keeps company: when fewer than three guests are left, the launcher makes another if it can. */
function recruit(system: GuestSystem): void {
  const { core } = system.kernel;
  const guests = [...liveIndices(core)].length - 1;
  if (guests >= 3) return;
  try {
    system.launcher.launch([{ name: "d", image: IMAGE, createsEnvironments: true }]);
  } catch (problem) {
    if (!(problem instanceof LaunchError)) throw problem;
  }
}
const { image: IMAGE, names: LABELS } = guestImage({ name: "d", source: source(false) });

/** Makes a call: by a trap when its caller runs, else as the kernel's own decode and invoke. */
function make(system: GuestSystem, { caller: index, name, args }: HostileCall): string {
  const { kernel } = system;
  const what = `${kernel.core.current === index ? "running " : ""}${index}: ${name}(${args.slice(0, CALLS[name].parameters.length).join(", ")}) t6=${args[7]}`;
  if (kernel.core.current !== index) return `${what} = ${kernel.call(index, name, ...args)}`;
  const { hart } = kernel.machine;
  for (let i = 0; i < 7; i += 1) hart.setX(REGISTERS.firstArgument + i, args[i]);
  hart.setX(REGISTERS.target, args[7]);
  hart.setX(REGISTERS.callNumber, CALLS[name].number);
  hart.setPc(LABELS.get("trap") ?? 0);
  kernel.run(1);
  return what;
}

function act(system: GuestSystem, past: Past, action: Action): string {
  const { kernel } = system;
  recruit(system);
  switch (action[0] % 8) {
    case 0:
      return `run(${action[2] % 400}) = ${kernel.run(action[2] % 400).kind}`;
    case 1:
      if (action[2] % 8 === 0) kernel.consoleInput(new Uint8Array(action[3] % 4));
      return `run(1) = ${kernel.run(1).kind}`;
    case 2:
    case 3:
    case 4: {
      if (kernel.core.current === 0) kernel.run(1);
      const runner = kernel.core.current;
      return runner === 0 ? "" : make(system, readCall(system, past, action, runner));
    }
    default:
      return make(system, readCall(system, past, action));
  }
}

/** Lists of actions. They are shortened by `shortest` rather than by fast-check, whose counterexamples nobody can read. */
const actions = (length: number) =>
  fc.noBias(
    fc.noShrink(
      fc.array(
        fc.array(fc.nat(0xfff_ffff), { minLength: ACTION_NUMBERS, maxLength: ACTION_NUMBERS }),
        { minLength: length / 2, maxLength: length, size: "max" },
      ),
    ),
  );

/** Performs actions and checks the invariants after every `every`th; says what went wrong first. */
function perform(tick: number, list: readonly Action[], every: number): string | undefined {
  const system = hostileSystem(tick);
  const past: Past = new Set();
  const calls: string[] = [];
  for (const [i, action] of list.entries()) {
    try {
      calls.push(act(system, past, action));
    } catch (problem) {
      return `${(problem as Error).stack}\nafter ${calls.slice(-8).join("; ")}`;
    }
    if (i % every !== every - 1 && i !== list.length - 1) continue;
    const problems = checkInvariants(system.kernel);
    if (problems.length > 0) return `${problems.join("; ")}\nafter ${calls.slice(-8).join("; ")}`;
  }
  return undefined;
}

/** Leaves out what is not needed to fail, and says how the rest fails. */
function shortest(tick: number, list: readonly Action[]): string {
  let needed = [...list];
  for (let size = list.length; size >= 1; size >>>= 1) {
    for (let at = needed.length - size; at >= 0; at -= size) {
      const fewer = needed.filter((_, i) => i < at || i >= at + size);
      if (perform(tick, fewer, 1) !== undefined) needed = fewer;
    }
  }
  return `${perform(tick, needed, 1)} (${needed.length} actions)`;
}

test(
  "whatever kernel calls several environments make, the invariants hold and nothing throws",
  () => {
    fc.assert(
      fc.property(fc.constantFrom(20, 100, 1000), actions(300), (tick, list) => {
        if (perform(tick, list, 25) !== undefined) throw new Error(shortest(tick, list));
      }),
      parameters(40, 6000),
    );
  },
  TIMEOUT,
);
