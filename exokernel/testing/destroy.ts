/** Ends an environment from outside, at whatever moment of a run. */

import { LIMITS } from "../abi.ts";
import { capabilityAt } from "../capability.ts";
import { type Kernel, LAUNCHER_INDEX } from "../kernel.ts";
import { refOf } from "../records.ts";

/** By the launcher's capability for it, as an event of the run like any other. */
export function destroyByLauncher(kernel: Kernel, id: number): void {
  for (let slot = 0; slot < LIMITS.slots; slot += 1) {
    const capability = capabilityAt(kernel.core, refOf(LAUNCHER_INDEX, slot));
    if (capability?.kind !== "environment" || capability.resource !== id) continue;
    const result = kernel.call(LAUNCHER_INDEX, "envDestroy", slot);
    if (result < 0) throw new Error(`environment ${id} was not destroyed: ${result}`);
    return;
  }
  throw new Error(`the launcher has no capability for environment ${id}`);
}
