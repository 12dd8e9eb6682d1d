/** What a run is made of besides its programs: the machine, the policy, and what arrives from outside when. */
import type { DiskConfiguration, Engine } from "#emulator";
import type { PlannedCrash } from "./core.ts";
import type { GuardName } from "./guard-names.ts";
import type { KernelNetwork } from "./network.ts";
import type { Policy } from "./policy.ts";

/** Console input that arrives at a step: scripted, or recorded when it came from outside. */
export interface ConsoleInput {
  readonly step: number;
  readonly bytes: Uint8Array;
}

export interface KernelConfiguration {
  /** Physical pages of 4 KiB; 4096 (16 MiB) by default. */
  readonly pages?: number;
  readonly tlbEntries?: number;
  /** How the machine executes code, which changes nothing but the time it takes. */
  readonly engine?: Engine;
  readonly policy?: Partial<Policy>;
  readonly console?: readonly ConsoleInput[];
  readonly disk?: KernelDisk;
  readonly network?: KernelNetwork;
  /** Guards that let calls go on when they do not hold (`guard-names.ts`). */
  readonly weakened?: readonly GuardName[];
}

/** The disk of a run. */
export interface KernelDisk extends DiskConfiguration {
  /** What the platter holds at the first boot, from sector 0 on; the rest is zero. */
  readonly image?: Uint8Array;
  readonly crash?: PlannedCrash;
}
