/**
 * What weakened guards let through: which invariants a call breaks that passed one, and the end of a kernel whose own assertions
 * fail. Without weakened guards nothing here runs.
 */
import { CALLS } from "./abi.ts";
import type { Core } from "./core.ts";
import { checkInvariants } from "./invariants.ts";
import type { Kernel } from "./kernel.ts";
import type { AnyKernelCall, Performed } from "./kernel-call.ts";
import { failPower } from "./power.ts";

/** Performs a call, and says as an event what it breaks if a weakened guard let it go on. */
export function performWeakened(
  kernel: Kernel,
  call: AnyKernelCall,
  caller: number,
  args: Uint32Array,
): Performed {
  const { core } = kernel;
  const { ok, trail } = call.check(core, caller, args);
  const isWatched = ok && trail.some(({ isWeakened }) => isWeakened);
  if (!isWatched) return call.perform(core, caller, args);
  const before = new Set(checkInvariants(kernel));
  const performed = call.perform(core, caller, args);
  const broken = checkInvariants(kernel).filter((problem) => !before.has(problem));
  if (broken.length > 0)
    core.emit({ kind: "invariantBroken", call: CALLS[call.name].name, broken }, caller);
  return performed;
}

/**
 * The kernel has failed in the middle of its work. Nothing of it can be trusted to go on: the machine is switched off as it is, and
 * boots anew when the run is continued.
 */
export function halt(core: Core, problem: unknown): void {
  const because = (problem instanceof Error ? problem.message : String(problem)).replace(
    /^assertion failed: /,
    "",
  );
  core.emit({ kind: "kernelFailed", because, weakened: [...core.weakened] }, core.actor);
  core.actor = 0;
  if (!core.machine.isPowerOff) failPower(core, { mode: "keep", seed: 0 }, 0);
}
