/** The company in which hostile calls are made: guests that have something of everything, and a launcher that replaces the dead. */
import { CALLS, REGISTERS } from "../abi.ts";
import { liveIndices } from "../environment.ts";
import type { GuardName } from "../guard-names.ts";
import { LaunchError } from "../launcher.ts";
import type { Policy } from "../policy.ts";
import type { HostileCall } from "./hostile-calls.ts";
import { setEntry } from "./snippets.ts";
import { boot, type GuestSystem, guestImage } from "./system.ts";

/** A guest that survives its faults, answers transfers, and has something of everything where random entries lead. */
const source = (rests: boolean) => `
    la t0, recover
    csrw utvec, t0
    ${["TRANSFER", "TRANSFER_ASYNC", "CALLEE_DIED", "ARBITER", "DOUBLE_UPCALL"].map((e) => setEntry(`ENTRY_${e}`, e === "DOUBLE_UPCALL" ? "recover" : "random")).join("\n")}
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

export function hostileSystem(
  tick: number,
  diskLatency = 9,
  weakened: readonly GuardName[] = [],
  policy: Partial<Policy> = {},
): GuestSystem {
  return boot(
    [
      { name: "a", source: source(false), createsEnvironments: true, guaranteed: true },
      { name: "b", source: source(true), slices: 2, administers: true },
      {
        name: "c",
        source: `${source(true)}\nnop`,
        quota: 40,
        isArbiter: true,
        createsEnvironments: true,
      },
    ],
    {
      pages: 245,
      policy: { tick, arbiterSteps: 5000, ...policy },
      weakened,
      disk: { sectors: 64, latency: { base: diskLatency, perSector: 1 } },
      network: { loopback: true, latency: 9 },
    },
  );
}

/** Keeps company: when fewer than three guests are left, the launcher makes another if it can. */
export function recruit(system: GuestSystem): void {
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
export function make(system: GuestSystem, { caller: index, name, args }: HostileCall): string {
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
