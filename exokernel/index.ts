/** The kernel's door: what the debug adapter may use. */
export * from "./abi.ts";
export { abiCount, abiDocs, abiHeader, abiStubs } from "./abi-header.ts";
export type { Activation, SavedRegisters } from "./activations.ts";
export type { Capability, Repossession } from "./capability.ts";
export type { PlannedCrash } from "./core.ts";
export {
  describeEvent,
  type EventBody,
  type EventKind,
  type KernelEvent,
  upcallName,
} from "./events.ts";
export type { Extent } from "./extents.ts";
export { writeGuestMemory, writeGuestRegister } from "./interventions.ts";
export { checkInvariants } from "./invariants.ts";
export {
  type ConsoleInput,
  Kernel,
  type KernelConfiguration,
  type KernelDisk,
  type KernelStop,
  LAUNCHER_INDEX,
} from "./kernel.ts";
export type { Checked, Refusal, Verdict } from "./kernel-call.ts";
export {
  type EnvironmentView,
  KernelView,
  type PageView,
  type SliceView,
  type Translation,
} from "./kernel-view.ts";
export { LaunchError, type Launched, Launcher, type Program } from "./launcher.ts";
export type { CounterName, EnvStateName } from "./layout.ts";
export { DEFAULT_TICK, defaultPolicy, type Policy } from "./policy.ts";
export { indexOfId, refIndex, refOf, refSlot } from "./records.ts";
export type { Binding } from "./secure-binding.ts";
