/** The kernel's door: what the debug adapter may use. */
export * from "./abi.ts";
export { abiCount, abiDocs, abiHeader, abiStubs } from "./abi-header.ts";
export type { Activation, SavedRegisters } from "./activations.ts";
export type { Capability } from "./capability.ts";
export { capabilityDot, capabilityText } from "./capability-text.ts";
export type { PlannedCrash } from "./core.ts";
export { type Ticks, tickEvent } from "./event-log.ts";
export { describeEvent, upcallName } from "./event-text.ts";
export type { DropReason, EventBody, EventKind, KernelEvent } from "./events.ts";
export type { Extent } from "./extents.ts";
export { type FilterTerm, termsText } from "./filter-terms.ts";
export type { Filter } from "./filters.ts";
export { type GuardName, isWeakenable, WEAKENABLE_GUARDS } from "./guard-names.ts";
export type { Branch } from "./history/branch.ts";
export { Divergence } from "./history/divergence.ts";
export type { Intervention, JournalEntry } from "./history/journal.ts";
export type { TimelineObserver } from "./history/observer.ts";
export { comparePositions, isBefore } from "./history/position.ts";
export { Timeline, type TimelineOptions, type TimelineStop } from "./history/timeline.ts";
export { checkInvariants } from "./invariants.ts";
export { Kernel, LAUNCHER_INDEX, type Position } from "./kernel.ts";
export type { Checked, Refusal, Supposed, Verdict } from "./kernel-call.ts";
export type { ConsoleInput, KernelConfiguration, KernelDisk } from "./kernel-configuration.ts";
export type { KernelStop } from "./kernel-stop.ts";
export {
  type EnvironmentView,
  KernelView,
  type PageView,
  type SliceView,
  type Translation,
} from "./kernel-view.ts";
export {
  FIRST_PROGRAM_WORD,
  LaunchError,
  type Launched,
  Launcher,
  type Program,
} from "./launcher.ts";
export type { CounterName, EnvStateName } from "./layout.ts";
export type { KernelNetwork, NetworkInput, NetworkStats } from "./network.ts";
export { DEFAULT_TICK, defaultPolicy, type Policy } from "./policy.ts";
export { type CapabilityRef, indexOfId, refIndex, refOf, refSlot } from "./records.ts";
export type { Repossession } from "./repossession.ts";
export type { Ring } from "./rings.ts";
export type { Binding } from "./secure-binding.ts";
