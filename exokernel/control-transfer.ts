/**
 * Protected control transfer: change pc to the agreed entry in the callee, donate the slice, install the callee's
 * address space; no register is overwritten [Engler95, Protected Control Transfers] (CONTRACT C20, C21).
 */
import { CSR, USTATUS } from "#emulator";
import { ENTRIES, INTERRUPT_BIT } from "./abi.ts";
import { savedRegistersOf } from "./activations.ts";
import type { Core } from "./core.ts";
import { ENV, ENV_STATE, HEADER, SAVE } from "./layout.ts";
import { install, isLibosSwitched, leave, startNextSlice } from "./time-slices.ts";
import { doom, setPending } from "./upcall.ts";

/** Crosses to `callee` at its entry. The guards have passed. */
export function transfer(core: Core, callee: number, synchronous: boolean): void {
  const { records, machine } = core;
  const caller = core.current;
  const callerId = records.idOf(caller);
  const calleeId = records.idOf(callee);
  const isReply = synchronous && records.env(callee, ENV.waitingOn) === callerId;
  const saved = { ...savedRegistersOf(machine.hart), pc: machine.hart.pc - 4 };
  const keepsContext = !synchronous && !isLibosSwitched(core, caller);

  if (keepsContext) machine.hart.setX(10, 0);
  leave(core, keepsContext);
  if (keepsContext) machine.hart.setX(10, saved.registers[10]);

  const step = machine.steps;
  if (isReply) {
    core.activations.replied(caller);
    records.setEnv(callee, ENV.waitingOn, 0);
    records.setEnv(caller, ENV.serving, 0);
    records.setEnv(
      caller,
      ENV.state,
      isLibosSwitched(core, caller) ? ENV_STATE.ready : ENV_STATE.resting,
    );
  } else if (synchronous) {
    core.activations.push(caller, { kind: "waiting", callee: calleeId, step, ...saved });
    records.setEnv(caller, ENV.state, ENV_STATE.waiting);
    records.setEnv(caller, ENV.waitingOn, calleeId);
    records.setEnv(callee, ENV.serving, callerId);
  }
  records.setEnv(callee, ENV.state, ENV_STATE.ready);

  install(core, callee);
  const entry = synchronous ? ENTRIES.transfer.number : ENTRIES.transferAsync.number;
  const entryPc = records.entry(callee, entry);
  if (!isReply) {
    core.activations.push(callee, {
      kind: "transfer",
      synchronous,
      caller: callerId,
      entryPc,
      step,
      ...saved,
    });
  }
  const { hart } = machine;
  const status = hart.readCsr(CSR.ustatus);
  hart.writeCsr(CSR.uepc, 0);
  hart.writeCsr(CSR.ucause, (INTERRUPT_BIT | entry) >>> 0);
  hart.writeCsr(CSR.utval, callerId);
  hart.writeCsr(CSR.ustatus, (status & USTATUS.UIE) !== 0 ? USTATUS.UPIE : 0);
  hart.setPc(entryPc);
  records.count(caller, "transfers");
  core.emit({ kind: "transfer", synchronous, reply: isReply, to: calleeId, entryPc }, caller);
  if (records.header(HEADER.inExcess) !== 0) endDonatedExcess(core);
}

/** A transfer made after the slice had ended donates nothing now: the callee goes on in its next instance. */
function endDonatedExcess(core: Core): void {
  leave(core, true);
  startNextSlice(core);
}

/** Tells everyone who waits for a destroyed environment, and forgets it as a caller. */
export function endTransfersOf(core: Core, deadId: number, callers: Iterable<number>): void {
  const { records } = core;
  for (const index of callers) {
    if (records.env(index, ENV.serving) === deadId) records.setEnv(index, ENV.serving, 0);
    if (records.env(index, ENV.waitingOn) !== deadId) continue;
    records.setEnv(index, ENV.waitingOn, 0);
    records.setEnv(index, ENV.diedCallee, deadId);
    records.setEnv(index, ENV.state, ENV_STATE.resting);
    core.emit({ kind: "calleeDied", callee: deadId }, index);
    if (records.entry(index, ENTRIES.calleeDied.number) === 0) {
      doom(
        core,
        index,
        "the environment that it called was destroyed before it replied, and no entry for that is registered",
      );
    } else {
      setPending(core, index, "calleeDied");
    }
  }
}

/**
 * Undefined when `callee` can be entered by `caller` now; otherwise a sentence that says why not. Whoever waits in a
 * synchronous transfer is entered by its reply and by nothing else.
 */
export function whyBusy(
  core: Core,
  callee: number,
  callerId: number,
  synchronous: boolean,
): string | undefined {
  const { records } = core;
  const id = records.idOf(callee);
  const waitingOn = records.env(callee, ENV.waitingOn);
  if (waitingOn === callerId && synchronous) return undefined;
  if (waitingOn !== 0) {
    return `environment ${id} waits in a synchronous transfer to environment ${waitingOn}`;
  }
  const status = records.word(records.saveArea(callee) + SAVE.csrs);
  if ((status & USTATUS.UIE) === 0) return `environment ${id} has upcalls disabled (UIE = 0)`;
  if (records.env(callee, ENV.hasContext) !== 0) {
    return `environment ${id} is in the middle of its own work, whose registers the kernel keeps; it must rest() first`;
  }
  return undefined;
}
