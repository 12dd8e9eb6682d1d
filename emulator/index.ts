/** The machine: everything that other folders may use of it. */

export { assert, assertNever } from "./assert.ts";
export type { Breakpoints } from "./breakpoints.ts";
export type {
  Condition,
  ConditionComparison,
  ConditionOperator,
  ConditionState,
  DoubleCondition,
  LongCondition,
} from "./condition.ts";
export { evaluateCondition } from "./condition.ts";
export { CSR, CSR_ROWS, type CsrRow, csrName, csrNumber, USTATUS } from "./csr.ts";
export type { ConsoleDevice } from "./devices/console.ts";
export {
  DEFAULT_LATENCY,
  type DiskCompletion,
  type DiskConfiguration,
  type DiskDevice,
  type DiskLatency,
  type DiskRequest,
  POWER_FAILURE_MODES,
  type PowerFailure,
  type PowerFailureMode,
  type PowerLoss,
} from "./devices/disk.ts";
export {
  DISK_CACHE,
  DISK_QUEUE,
  type DiskRequestKind,
  REQUEST_SECTORS_MAX,
  SECTOR_BYTES,
  SECTORS_MAX,
  SECTORS_PER_PAGE,
} from "./devices/disk-layout.ts";
export {
  DEFAULT_NETWORK_LATENCY,
  type FrameWay,
  NETWORK_ADDRESS,
  type NetworkConfiguration,
  type NetworkDevice,
} from "./devices/network.ts";
export { FRAME_BYTES_MAX, NETWORK_QUEUE } from "./devices/network-layout.ts";
export * from "./elf.ts";
export type { Hart } from "./hart.ts";
export { type Assembly, AssemblyError, type AssemblyOptions, assemble } from "./isa/assembler.ts";
export { type Disassembly, disassemble } from "./isa/disassembler.ts";
export type { Extension, Format, Instruction } from "./isa/instruction.ts";
export { INSTRUCTIONS } from "./isa/instructions.ts";
export { PSEUDO_INSTRUCTIONS } from "./isa/pseudo-instructions.ts";
export {
  FLOAT_REGISTER_NAMES,
  floatRegisterIndex,
  REGISTER_NAMES,
  registerIndex,
} from "./isa/registers.ts";
export { ENGINE, type Engine, Machine, type MachineConfiguration, PAGES_MAX } from "./machine.ts";
export { PAGE_SIZE, type PhysicalMemory } from "./memory/physical.ts";
export { ASID_COUNT, RIGHT, type Tlb, type TlbEntry, VPN_COUNT } from "./memory/tlb.ts";
export { type Snapshot, Snapshots } from "./snapshots.ts";
export { RAM_BASE, STATE, STATE_BYTES } from "./state-layout.ts";
export type { Stop } from "./stop.ts";
export { CAUSE, type Cause, causeName } from "./trap.ts";
export type { Watch, WatchHit, Watchpoints } from "./watchpoints.ts";
