/**
 * Power failure and the next boot. A failure decides what the disk's platter holds and leaves all else as it was, for whoever
 * wants to look; when the power comes back, memory and records begin anew, and time and the numbering of environments go on.
 */
import { assert, type PowerFailure } from "#emulator";
import { LIMITS } from "./abi.ts";
import type { Core } from "./core.ts";
import { ENV } from "./layout.ts";

/** The power fails now. `beforeWrite` is the write request that it forestalls, 0 for none. */
export function failPower(core: Core, { mode, seed }: PowerFailure, beforeWrite: number): void {
  const { machine } = core;
  assert(!machine.isPowerOff, "there is power to fail");
  const { unflushed, reached } = machine.disk?.failPower({ mode, seed }) ?? {
    unflushed: 0,
    reached: 0,
  };
  machine.failPower();
  core.emit({ kind: "powerFailed", mode, seed, beforeWrite, unflushed, reached }, 0);
}

/** Memory and records as at the first boot; ids go on, so that none comes twice (CONTRACT C24). */
export function powerOn(core: Core): void {
  const { machine, records, policy } = core;
  assert(machine.isPowerOff, "the power has failed");
  const ids = Array.from({ length: LIMITS.environments }, (_, index) => records.idOf(index));
  machine.powerOn();
  records.initialise(policy.tick);
  core.filterTrie.forget();
  for (const [index, id] of ids.entries()) {
    records.setEnv(index, ENV.id, id);
    core.activations.forget(index);
  }
  core.doomed.length = 0;
  core.actor = 0;
  core.emit({ kind: "poweredOn", failures: machine.powerFailures }, 0);
}
