/**
 * Generated hostile guests (DESIGN.md 3, Bad input): whatever they do, the kernel's invariants hold, nothing throws, and
 * what happens does not depend on how the run is cut into pieces or on who watches.
 *
 * A small sample by default; EXOSCOPE_FULL=1 runs a million calls. A failure prints the seed: pass it on as EXOSCOPE_SEED.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { CALLS, REGISTERS } from "./abi.ts";
import { liveIndices } from "./environment.ts";
import { checkInvariants } from "./invariants.ts";
import type { KernelStop } from "./kernel.ts";
import { LaunchError } from "./launcher.ts";
import {
  ACTION_NUMBERS,
  type Action,
  type HostileCall,
  type Past,
  readCall,
} from "./testing/hostile-calls.ts";
import { A, B, C, call, setEntry } from "./testing/snippets.ts";
import { boot, type GuestSystem, guestImage, TEXT } from "./testing/system.ts";

const FULL = process.env["EXOSCOPE_FULL"] === "1";
const SEED = Number(process.env["EXOSCOPE_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
// Said at each run, so that what a long run finds can be run again.
console.info(`hostile guests: EXOSCOPE_SEED=${SEED}`);
const parameters = <T>(sample: number, full: number): fc.Parameters<T> => ({
  seed: SEED,
  numRuns: FULL ? full : sample,
  reporter: (run) => {
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
    ${rests ? "kcall REST" : "nop\nj random"}
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
    { pages: 200, policy: { tick }, disk: { sectors: 64, latency: { base: 9, perSector: 1 } } },
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

/**
 * Makes a call: by a trap when its caller runs, else as the kernel's own decode and invoke. Says which, or nothing when
 * the trap did not come to be.
 */
function make(system: GuestSystem, { caller: index, name, args }: HostileCall): string {
  const { kernel } = system;
  const what = `${kernel.core.current === index ? "running " : ""}${index}: ${name}(${args.slice(0, CALLS[name].parameters.length).join(", ")}) t6=${args[7]}`;
  if (kernel.core.current !== index) return `${what} = ${kernel.call(index, name, ...args)}`;
  const { hart } = kernel.machine;
  for (let i = 0; i < 7; i += 1) hart.setX(REGISTERS.firstArgument + i, args[i]);
  hart.setX(REGISTERS.target, args[7]);
  hart.setX(REGISTERS.callNumber, CALLS[name].number);
  hart.setPc(LABELS.get("trap") ?? 0);
  // The page of the trap may have to be refilled first.
  const made = () => kernel.core.records.counter(index, "calls");
  const before = made();
  for (let i = 0; i < 2 && made() === before && kernel.core.current === index; i += 1) {
    kernel.run(1);
  }
  return made() === before ? "" : what;
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

test(
  "whatIf has no effect, and says of every call what the call then does",
  () => {
    fc.assert(
      fc.property(fc.constantFrom(20, 1000), actions(120), (tick, list) => {
        const system = hostileSystem(tick);
        const past: Past = new Set();
        for (const action of list) predict(system, past, action);
      }),
      parameters(12, 1000),
    );
  },
  TIMEOUT,
);

/** Asks what a call would do, then makes it. */
function predict(system: GuestSystem, past: Past, action: Action): void {
  const { kernel } = system;
  const { core, machine } = kernel;
  recruit(system);
  if (action[0] % 8 < 2) {
    act(system, past, action);
    return;
  }
  const given = action[0] % 8 < 5 && core.current !== 0 ? core.current : undefined;
  const drawn = readCall(system, past, action, given);
  // The interrupt or the timer would come first, not the call.
  const preempted = machine.hart.interruptPending || machine.steps + 2 >= machine.timerDeadline;
  if (drawn.caller === core.current && (preempted || core.doomed.length > 0)) return;
  const before = kernel.hash();
  const total = core.log.total;
  const answer = kernel.whatIf(drawn.caller, drawn.name, drawn.args);
  expect([kernel.hash(), core.log.total]).toEqual([before, total]);
  expect(answer.trail.map((verdict) => verdict.holds)).toEqual(
    answer.trail.map((_, i) => answer.ok || i < answer.trail.length - 1),
  );
  const what = make(system, drawn);
  if (what === "") return;
  const refused = system.view
    .events(total)
    .find((event) => event.kind === "refused" && event.call === CALLS[drawn.name].name);
  if (answer.ok || answer.refusal.error === "AGAIN") expect(refused, what).toBeUndefined();
  else expect(refused, what).toMatchObject(answer.refusal);
}

/** A value or label that a kernel call may make something of, or, one time in eight, not. */
function operand(parameter: string, drawn: number): string | number {
  const pick = (...from: readonly (string | number)[]) => from[(drawn >>> 3) % from.length];
  if (drawn % 8 === 0) return pick(0, 1, -1, 16, 200, 0x2_0001, 0x8000_0000, 0x1_0011);
  switch (parameter) {
    case "memory":
      return 1;
    case "processor":
      return 2;
    case "console":
      return 3;
    case "creator":
      return 4;
    case "disk":
      return 5;
    case "extent":
      return pick(100, 101, 102, 103);
    case "count":
      return pick(1, 1, 2, 3, 8, 0);
    case "sector":
      return pick(0, 0, 1, 2);
    case "offset":
      return pick(0, 512, 1024, 4096 - 512);
    case "destination":
      return pick(100, 101, 102, 103, 300);
    case "page":
    case "source":
      return pick(17, 100, 101, 102, 103);
    case "slice":
      return pick(18, 100, 101);
    case "rights":
      return pick(1, 3, 7, 1, 3, 7, 9, 15);
    case "address":
      return pick(0x4_0000, 0x4_1000, 0x104_0000, 0x8_0000);
    case "frame":
    case "position":
    case "first":
      return -1;
    case "entry":
      return pick(21, 16, 17, 19, 20, 23, 24);
    case "pc":
      return pick("body", "entered", 0);
    case "receiver":
    case "giver":
    case "target":
      return pick(A, B, C, 0);
    default:
      return 0;
  }
}

/** One line of a random program; `drawn` chooses and fills it. */
function line(drawn: readonly number[]): string {
  const [kind, x, y, z] = drawn;
  const register = (n: number) => `x${n % 32}`;
  const csr = [
    "ustatus",
    "utvec",
    "uscratch",
    "uepc",
    "ucause",
    "utval",
    "uie",
    "uip",
    "cycle",
    "time",
  ][y % 10];
  const address = [0x1_0000, 0x2_0000, 0x4_0000, 0x7fff_0000, 0, 0xffff_fffc][x % 6];
  switch (kind % 26) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4: {
      const { number, parameters } = Object.values(CALLS)[x % Object.keys(CALLS).length];
      const set = parameters.map(({ name }, i) => `la a${i}, ${operand(name, y >>> (3 * i))}`);
      return [...set, `li t6, ${0x102 + (z % 3)}`, `li a7, ${number}`, "ecall"].join("\n");
    }
    case 5:
      return `.word ${(x ^ (y << 8)) >>> 0}`;
    case 6:
      return `.half ${z & 0xffff}`;
    case 7:
    case 8:
      return `li ${register(y)}, ${address}`;
    case 9:
    case 10:
      return `lw ${register(x)}, ${(y % 64) * 4}(${register(z)})`;
    case 11:
    case 12:
      return `sw ${register(x)}, ${(y % 64) * 4}(${register(z)})`;
    case 13:
      return `csrrw ${register(x)}, ${csr}, ${register(z)}`;
    case 14:
      return `csrwi ustatus, ${x % 2 === 0 ? 1 : x % 18}`;
    case 15:
      return `amoadd.w ${register(x)}, ${register(y)}, (${register(z)})`;
    case 16:
      return `lr.w ${register(x)}, (${register(z)})\nsc.w ${register(y)}, ${register(x)}, (${register(z)})`;
    case 17:
      return x % 2 === 0 ? "uret" : "kcall REST";
    case 18:
      return `bne ${register(x)}, ${register(y)}, body`;
    case 19:
      return `jalr ${register(x)}, ${register(z)}, ${y % 64}`;
    case 20:
      return `csrr ${register(x)}, ${csr}`;
    case 21:
      return "j body";
    case 23:
      return [
        call("DISK_WRITE", [110, x % 4, 1, 17, (y % 8) * 512, z]),
        call("DISK_READ", [110, y % 3, 1 + (z % 2), 17, (x % 8) * 512, y]),
      ].join("\n");
    case 24:
      return [call("DISK_BARRIER", [110, z]), "kcall DISK_NEXT", "kcall SLEEP"][x % 3];
    case 22:
      return `csrr t6, utval\nkcall TRANSFER_SYNC`;
    default:
      return `addi ${register(x)}, ${register(z)}, ${y % 2048}`;
  }
}

/** Survives what it can, registers entries in the middle of itself, and then does anything. */
const program = (lines: readonly (readonly number[])[], entries: readonly number[]) => `
    la t0, recover
    csrw utvec, t0
    ${setEntry("ENTRY_DOUBLE_UPCALL", "recover")}
    ${call("EXTENT_ALLOC", [0, "SLOT_DISK", "ANY", 4, 110])}
    ${["TRANSFER", "TRANSFER_ASYNC", "CALLEE_DIED"].map((e) => setEntry(`ENTRY_${e}`, "entered")).join("\n")}
    ${entries.map((entry) => setEntry(16 + (entry % 11), "entered")).join("\n")}
    j body
  recover:
    csrr t0, uepc
    addi t0, t0, 4
    csrr t1, ucause
    addi t1, t1, -12
    bnez t1, known
    la t0, body          # it jumped somewhere
  known:
    csrw uepc, t0
    csrwi ustatus, 16
    uret
  body:
    ${lines
      .slice(0, lines.length >> 1)
      .map(line)
      .join("\n")}
  entered:
    ${lines
      .slice(lines.length >> 1)
      .map(line)
      .join("\n")}
    j body`;

const programs = fc.noBias(
  fc.record({
    guests: fc.array(
      fc.record({
        lines: fc.array(fc.array(fc.nat(0xfff_ffff), { minLength: 4, maxLength: 4 }), {
          minLength: 2,
          maxLength: 40,
        }),
        entries: fc.array(fc.nat(100), { maxLength: 4 }),
        guaranteed: fc.boolean(),
        createsEnvironments: fc.boolean(),
      }),
      { minLength: 2, maxLength: 3 },
    ),
    tick: fc.constantFrom(13, 100, 1000),
    tlbEntries: fc.constantFrom(4, 64),
    pieces: fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 20 }),
    watched: fc.integer({ min: 1, max: 20 }),
    input: fc.integer({ min: 0, max: 4000 }),
    latency: fc.constantFrom(0, 7, 400),
    beforeWrite: fc.integer({ min: 1, max: 12 }),
  }),
);
type Programs = typeof programs extends fc.Arbitrary<infer T> ? T : never;
const STEPS = 5000;

function bootPrograms(drawn: Programs): GuestSystem {
  const { guests, tick, tlbEntries, input, latency, beforeWrite } = drawn;
  return boot(
    guests.map(({ lines, entries, ...rest }, i) => ({
      name: `guest${i}`,
      source: program(lines, entries),
      ...rest,
    })),
    {
      pages: 200,
      tlbEntries,
      policy: { tick },
      console: [
        { step: input, bytes: Uint8Array.of(1, 2, 3) },
        { step: 2 * input, bytes: Uint8Array.of(4) },
      ],
      disk: {
        sectors: 32,
        latency: { base: latency, perSector: 1 },
        crash: { beforeWrite, mode: "random", seed: input },
      },
    },
  );
}

/** Runs on until `steps`, in pieces, whatever it stops for on the way. */
function runUntil(system: GuestSystem, steps: number, piece: (i: number) => number): void {
  const { kernel } = system;
  let pass = false;
  for (let i = 0; ; i += 1) {
    const stop: KernelStop = kernel.run(Math.min(piece(i), steps - kernel.steps), pass);
    pass = stop.kind === "breakpoint";
    if (["exited", "idle", "powerFailed"].includes(stop.kind)) return;
    if (stop.kind === "budget" && kernel.steps >= steps) return;
  }
}

/** What a debugger looks at when it stops; the invariants hold there too. */
function look({ kernel, view }: GuestSystem): void {
  for (const { id } of view.environments()) {
    view.registers(id);
    view.csrs(id);
    view.activations(id);
    view.bindings(id);
    view.read(id, TEXT - 16, 32);
  }
  expect(checkInvariants(kernel)).toEqual([]);
}

const outcome = (system: GuestSystem) => ({
  hash: system.kernel.hash(),
  steps: system.kernel.steps,
  events: system.view.events(0),
});

/** As `toEqual`, which takes its time over thousands of events that are equal. */
function expectSame(actual: ReturnType<typeof outcome>, expected: typeof actual): void {
  if (JSON.stringify(actual) !== JSON.stringify(expected)) expect(actual).toEqual(expected);
}

test(
  "whatever guests execute, the invariants hold, and neither pieces nor a debugger change what happens",
  () => {
    fc.assert(
      fc.property(programs, (drawn) => {
        const whole = bootPrograms(drawn);
        runUntil(whole, STEPS, () => STEPS);
        expect(checkInvariants(whole.kernel)).toEqual([]);
        const expected = outcome(whole);

        const pieces = bootPrograms(drawn);
        runUntil(pieces, STEPS, (i) => drawn.pieces[i % drawn.pieces.length]);
        expectSame(outcome(pieces), expected);

        const watched = bootPrograms(drawn);
        const { kernel } = watched;
        kernel.stopOn = (event) => event.index % drawn.watched === 0;
        for (let at = 0; at < 400; at += 4 * drawn.watched) {
          kernel.machine.breakpoints.set(2 + (at % 3), TEXT + at);
        }
        runUntil(watched, STEPS, (i) => {
          if (i % 40 === 0) look(watched);
          return STEPS;
        });
        expectSame(outcome(watched), expected);
      }),
      parameters(40, 8000),
    );
  },
  TIMEOUT,
);
