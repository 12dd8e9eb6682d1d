/** A code frame as expressions see it, and how what they change reaches the guest. */
import { csrName } from "#emulator";
import type { Debuggee } from "../debuggee.ts";
import type { CodeFrame } from "../stack.ts";
import { FIRST_FLOAT, type FrameAccess, PC } from "../values/frame-access.ts";

export function accessTo(debuggee: Debuggee, frame: CodeFrame): FrameAccess {
  const { environment, image } = frame;
  return {
    debug: image?.debug,
    context: {
      ...frame.context,
      readRegister: (register) => readRegister(debuggee, frame, register),
    },
    pc: frame.pc,
    depth: frame.inlineDepth,
    writeMemory: (address, bytes) => debuggee.writeMemory(environment, address, bytes),
    writeRegister: (register, value) => writeRegister(debuggee, frame, register, value),
    writeFloat: (index, bits) => writeFloat(debuggee, frame, index, bits),
    symbolAddress: (name) => image?.elf.symbol(name)?.value,
    functionName: (address) => image?.functionName(address),
  };
}

/** CSRs are numbered from 4096 on (psABI, DWARF Register Numbers); they are the environment's, whatever the frame. */
const FIRST_CSR = 4096;

function readRegister(
  debuggee: Debuggee,
  frame: CodeFrame,
  register: number,
): number | bigint | undefined {
  if (register < FIRST_CSR) return readGeneral(debuggee, frame, register);
  const name = csrName(register - FIRST_CSR);
  const csrs: Record<string, number> = debuggee.view.csrs(frame.environment) ?? {};
  const { fcsr = 0 } = csrs;
  if (name === "fflags") return fcsr & 0x1f;
  if (name === "frm") return fcsr >>> 5;
  return name === undefined ? undefined : csrs[name];
}

/** Where the register is now, not what it was when the frame was found: a debugger may have changed it since. */
function readGeneral(
  debuggee: Debuggee,
  frame: CodeFrame,
  register: number,
): number | bigint | undefined {
  const known = frame.context.readRegister(register);
  if (known === undefined || register > 31) return known;
  const saved = frame.savedAt.get(register);
  if (saved !== undefined) {
    const bytes = debuggee.readMemory(frame.environment, saved, 4);
    return bytes && new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  }
  const isStackPointer = register === 2 && frame.isReturnAddress;
  if (!frame.isInnermostStack || isStackPointer) return known;
  return debuggee.view.registers(frame.environment)?.registers[register] ?? known;
}

/** A register of a frame is where a frame above saved it, or still in the machine or the kernel's save area. */
function writeRegister(
  debuggee: Debuggee,
  frame: CodeFrame,
  register: number,
  value: number,
): string | undefined {
  const saved = frame.savedAt.get(register);
  if (saved !== undefined) {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value >>> 0, true);
    return debuggee.writeMemory(frame.environment, saved, bytes);
  }
  if (!frame.isInnermostStack) {
    return "it is across a boundary: its libOS saved it, and will restore it from its own memory";
  }
  if (register === PC && frame.isReturnAddress)
    return "the pc of a calling frame cannot be changed";
  if (frame.registers[register] === undefined && register !== PC) {
    return "its value was not saved by the frames above";
  }
  return debuggee.writeRegister(frame.environment, register === PC ? DEBUGGEE_PC : register, value);
}

/** The pc as `Debuggee.writeRegister` names it. */
const DEBUGGEE_PC = 32;

function writeFloat(
  debuggee: Debuggee,
  frame: CodeFrame,
  index: number,
  bits: bigint,
): string | undefined {
  const register = FIRST_FLOAT + index;
  const saved = frame.savedAt.get(register);
  if (saved !== undefined) {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, bits, true);
    return debuggee.writeMemory(frame.environment, saved, bytes);
  }
  if (!frame.isInnermostStack) {
    return "it is across a boundary: its libOS saved it, and will restore it from its own memory";
  }
  if (frame.context.readRegister(register) === undefined) {
    return "its value was not saved by the frames above";
  }
  return debuggee.writeFloat(frame.environment, index, bits);
}
