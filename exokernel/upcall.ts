/**
 * Upcalls: the kernel writes CSRs and pc and nothing else (CONTRACT C16-C18). Aegis saved three scratch registers in
 * user memory because MIPS needs them for the kernel's own use [Engler95, Exceptions]; ours needs none.
 */
import { CAUSE, CSR, RIGHT, USTATUS } from "#emulator";
import { ENTRIES, type EntryName, FIRST_INTERRUPT_ENTRY, INTERRUPT_BIT } from "./abi.ts";
import { savedRegistersOf } from "./activations.ts";
import { completionCount } from "./completions.ts";
import { type Core, hex } from "./core.ts";
import { upcallName } from "./event-text.ts";
import { ENV, ENV_STATE } from "./layout.ts";
import { repossessionCount } from "./repossession.ts";
import { requestWord } from "./requests.ts";
import { refill } from "./secure-binding.ts";

/** Pending upcalls for which an entry is registered, as a mask. */
export function deliverable(core: Core, index: number): number {
  const pending = core.records.env(index, ENV.pending);
  let mask = 0;
  for (let bit = 0; pending >>> bit !== 0; bit += 1) {
    if ((pending & (1 << bit)) === 0) continue;
    if (core.records.entry(index, FIRST_INTERRUPT_ENTRY + bit) !== 0) mask |= 1 << bit;
  }
  return mask;
}

/** Shows the machine what is pending for the running environment, so that it stops when the window opens. */
export function showPending(core: Core, index: number): void {
  core.machine.hart.writeCsr(CSR.uip, deliverable(core, index));
}

/** Makes an interrupt-like upcall pending; a sleeper wakes. */
export function setPending(core: Core, index: number, entry: EntryName): void {
  const { records } = core;
  const bit = 1 << (ENTRIES[entry].number - FIRST_INTERRUPT_ENTRY);
  records.setEnv(index, ENV.pending, records.env(index, ENV.pending) | bit);
  if (records.envState(index) === ENV_STATE.sleeping) wake(core, index);
  if (core.current === index) showPending(core, index);
}

/** Ends a sleep: what was pending without an entry has served its purpose (CONTRACT C18). */
function wake(core: Core, index: number): void {
  core.records.setEnv(index, ENV.state, ENV_STATE.ready);
  core.records.setEnv(index, ENV.predicateCount, 0);
  core.records.setEnv(index, ENV.pending, deliverable(core, index));
}

/** Enters the running environment at `entryPc`. `interruptedPc` is undefined when there is no context to go back to. */
export function enter(
  core: Core,
  index: number,
  entry: number,
  cause: number,
  value: number,
  interruptedPc: number | undefined,
): void {
  const { hart } = core.machine;
  const entryPc =
    core.records.entry(index, entry) ||
    (entry < FIRST_INTERRUPT_ENTRY ? hart.readCsr(CSR.utvec) : 0);
  const status = hart.readCsr(CSR.ustatus);
  if (interruptedPc !== undefined) {
    core.activations.push(index, {
      kind: "upcall",
      entry,
      cause,
      value,
      entryPc,
      ...savedRegistersOf(hart),
      pc: interruptedPc,
      step: core.machine.steps,
    });
  }
  hart.writeCsr(CSR.uepc, interruptedPc ?? 0);
  hart.writeCsr(CSR.ucause, cause);
  hart.writeCsr(CSR.utval, value);
  hart.writeCsr(CSR.ustatus, (status & USTATUS.UIE) !== 0 ? USTATUS.UPIE : 0);
  hart.setPc(entryPc);
  hart.clearReservation();
  core.records.count(index, "upcalls");
  core.emit({ kind: "upcall", entry, cause, value, pc: interruptedPc ?? 0, entryPc }, index);
}

/** Delivers the first pending upcall to the running environment. */
export function deliverPending(core: Core, index: number, interruptedPc: number | undefined): void {
  const mask = deliverable(core, index);
  if (mask === 0) throw new Error("assertion failed: nothing is pending");
  const bit = 31 - Math.clz32(mask & -mask);
  const { records } = core;
  records.setEnv(index, ENV.pending, records.env(index, ENV.pending) & ~(1 << bit));
  const entry = FIRST_INTERRUPT_ENTRY + bit;
  enter(
    core,
    index,
    entry,
    (INTERRUPT_BIT | entry) >>> 0,
    pendingValue(core, index, entry),
    interruptedPc,
  );
  showPending(core, index);
}

function pendingValue(core: Core, index: number, entry: number): number {
  if (entry === ENTRIES.calleeDied.number) return core.records.env(index, ENV.diedCallee);
  if (entry === ENTRIES.repossession.number) return repossessionCount(core, index);
  if (entry === ENTRIES.revocation.number) return requestWord(core, index);
  if (entry === ENTRIES.console.number) return core.machine.console.available;
  if (entry === ENTRIES.disk.number) return completionCount(core, index);
  return 0;
}

/**
 * A synchronous exception of the running environment: refill, upcall, double upcall, or the end. After a refill the instruction is
 * tried again, and the guest has seen nothing.
 */
export function handleException(
  core: Core,
  index: number,
  trap: { readonly cause: number; readonly value: number; readonly pc: number },
): "refilled" | "seen" {
  const { cause, value, pc } = trap;
  const access = accessOf(cause);
  if (access !== undefined && refill(core, index, value, access)) return "refilled";
  const { hart } = core.machine;
  if ((hart.readCsr(CSR.ustatus) & USTATUS.UIE) === 0) {
    core.emit({ kind: "doubleUpcall", cause, value, pc }, index);
    if (core.records.entry(index, ENTRIES.doubleUpcall.number) === 0) {
      doom(
        core,
        index,
        `double upcall: ${upcallName(cause, cause)} at ${hex(value)} (pc ${hex(pc)}) while upcalls were disabled, and no entry for that is registered`,
      );
      return "seen";
    }
    enter(core, index, ENTRIES.doubleUpcall.number, cause, value, pc);
    return "seen";
  }
  if (core.records.entry(index, cause) === 0 && hart.readCsr(CSR.utvec) === 0) {
    doom(
      core,
      index,
      `${upcallName(cause, cause)} at ${hex(value)} (pc ${hex(pc)}), and no handler for it is registered`,
    );
    return "seen";
  }
  enter(core, index, cause, cause, value, pc);
  return "seen";
}

/** Marks an environment for destruction. It happens when the run goes on, so that a debugger can look first. */
export function doom(core: Core, index: number, because: string): void {
  core.doomed.push({ id: core.records.idOf(index), because });
  core.emit({ kind: "fatal", because }, index);
}

function accessOf(cause: number): number | undefined {
  if (cause === CAUSE.instructionPageFault) return RIGHT.X;
  if (cause === CAUSE.loadPageFault) return RIGHT.R;
  if (cause === CAUSE.storePageFault) return RIGHT.W;
  return undefined;
}
