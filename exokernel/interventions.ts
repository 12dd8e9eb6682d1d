/**
 * What a debugger changes in a run (CONTRACT C4): each change is an event, and the run is marked altered. It hits no watch:
 * whoever watches knows what he does himself.
 */
import { PAGE_SIZE } from "#emulator";
import { setKeptFloat } from "./float-registers.ts";
import type { Kernel } from "./kernel.ts";
import { ENV } from "./layout.ts";
import { bindingOf } from "./secure-binding.ts";

/** The number that stands for the pc. */
const PC = 32;
const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

/**
 * Writes memory as an environment sees it, whatever its access rights. Returns a sentence when nothing was written
 * because a page is not bound, else undefined.
 */
export function writeGuestMemory(
  kernel: Kernel,
  id: number,
  address: number,
  bytes: Uint8Array,
): string | undefined {
  const { core, machine } = kernel;
  const index = core.records.indexOf(id);
  if (index === undefined) return `environment ${id} is gone`;
  const pieces: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  for (let done = 0; done < bytes.length; ) {
    const at = (address + done) >>> 0;
    const binding = bindingOf(core, index, at >>> 12);
    if (binding === undefined) return `no page is bound at ${hex(at)}`;
    const offset = at & (PAGE_SIZE - 1);
    const count = Math.min(bytes.length - done, PAGE_SIZE - offset);
    pieces.push({
      at: binding.frame * PAGE_SIZE + offset,
      bytes: bytes.subarray(done, done + count),
    });
    done += count;
  }
  machine.watchpoints.unobserved(() => {
    for (const piece of pieces) machine.memory.writeBytes(piece.at, piece.bytes);
  });
  // An SC must not undo a write that came after its LR (Unpriv 8.2).
  machine.hart.clearReservation();
  kernel.intervene(`${bytes.length} bytes written at ${hex(address)} of environment ${id}`);
  return undefined;
}

/** Writes all 64 bits of register f0..f31 of an environment whose registers the machine or the kernel holds. */
export function writeGuestFloat(
  kernel: Kernel,
  id: number,
  register: number,
  value: bigint,
): string | undefined {
  const { core, machine } = kernel;
  const { records } = core;
  const index = records.indexOf(id);
  if (index === undefined) return `environment ${id} is gone`;
  if (!Number.isInteger(register) || register < 0 || register > 31) {
    return `there is no register f${register}`;
  }
  const bits = BigInt.asUintN(64, value);
  if (core.current === index) {
    machine.hart.setF(register, bits);
  } else if (records.env(index, ENV.hasContext) !== 0) {
    machine.watchpoints.unobserved(() => setKeptFloat(core, index, register, bits));
  } else {
    return noRegisters(id);
  }
  kernel.intervene(`f${register} of environment ${id} set to 0x${bits.toString(16)}`);
  return undefined;
}

function noRegisters(id: number): string {
  return `environment ${id} has no registers now: its libOS saved them, or they went with a transfer`;
}

/** Writes register 1..31, or the pc as 32, of an environment whose registers the machine or the kernel holds. */
export function writeGuestRegister(
  kernel: Kernel,
  id: number,
  register: number,
  value: number,
): string | undefined {
  const { core, machine } = kernel;
  const { records } = core;
  const index = records.indexOf(id);
  if (index === undefined) return `environment ${id} is gone`;
  if (register === 0) return "x0 is always zero";
  if (!Number.isInteger(register) || register < 0 || register > PC) {
    return `there is no register ${register}`;
  }
  if (core.current === index) {
    if (register === PC) machine.hart.setPc(value >>> 0);
    else machine.hart.setX(register, value >>> 0);
  } else if (records.env(index, ENV.hasContext) !== 0) {
    machine.watchpoints.unobserved(() =>
      records.setWord(records.saveArea(index) + (register === PC ? 0 : 4 * register), value >>> 0),
    );
  } else {
    return noRegisters(id);
  }
  const name = register === PC ? "pc" : `x${register}`;
  kernel.intervene(`${name} of environment ${id} set to ${hex(value)}`);
  return undefined;
}
