/** A code frame as expressions see it, and how what they change reaches the guest. */
import { writeGuestMemory, writeGuestRegister } from "#exokernel";
import type { Debuggee } from "../debuggee.ts";
import type { CodeFrame } from "../stack.ts";
import type { FrameAccess } from "../values/frame-access.ts";

const PC = 32;

export function accessTo(debuggee: Debuggee, frame: CodeFrame): FrameAccess {
  const { environment, image } = frame;
  return {
    debug: image?.debug,
    context: frame.context,
    writeMemory: (address, bytes) => writeGuestMemory(debuggee.kernel, environment, address, bytes),
    writeRegister: (register, value) => writeRegister(debuggee, frame, register, value),
    symbolAddress: (name) => image?.elf.symbol(name)?.value,
    functionName: (address) => image?.functionName(address),
  };
}

/** A register of a frame is where a frame above saved it, or still in the machine or the kernel's save area. */
function writeRegister(
  debuggee: Debuggee,
  frame: CodeFrame,
  register: number,
  value: number,
): string | undefined {
  const saved = frame.savedAt.get(register);
  if (saved !== undefined && register !== PC) {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value >>> 0, true);
    return writeGuestMemory(debuggee.kernel, frame.environment, saved, bytes);
  }
  if (!frame.isInnermostStack) {
    return "it is across a boundary: its libOS saved it, and will restore it from its own memory";
  }
  if (register === PC && frame.isReturnAddress)
    return "the pc of a calling frame cannot be changed";
  if (frame.registers[register] === undefined && register !== PC) {
    return "its value was not saved by the frames above";
  }
  return writeGuestRegister(debuggee.kernel, frame.environment, register, value);
}
