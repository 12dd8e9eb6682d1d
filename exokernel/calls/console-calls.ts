/** Kernel calls on the console. Decode beside invoke. */
import { LIMITS, RIGHTS } from "../abi.ts";
import { requireCapability } from "../guards.ts";
import { defineCall, need, unless } from "../kernel-call.ts";

export const consoleWrite = defineCall<{ bytes: Uint8Array }>({
  name: "consoleWrite",
  decode: (call, args) => {
    requireCapability(call, call.caller, args[0], "console", RIGHTS.WRITE);
    const count = args[1];
    need(
      call,
      "the bytes fit the registers",
      count <= LIMITS.consoleBytes,
      "INVAL",
      () => `${count} bytes, at most ${LIMITS.consoleBytes}`,
    );
    const bytes = new Uint8Array(count);
    for (let i = 0; i < count; i += 1) bytes[i] = args[2 + (i >> 2)] >>> (8 * (i & 3));
    return { bytes };
  },
  invoke: (core, { bytes }) => {
    for (const byte of bytes) core.machine.console.write(byte);
    return bytes.length;
  },
});

export const consoleRead = defineCall<Record<string, never>>({
  name: "consoleRead",
  decode: (call, [slot]) => {
    requireCapability(call, call.caller, slot, "console", RIGHTS.READ);
    const { available } = call.core.machine.console;
    return unless(call, "there is input", available > 0, () => `${available} bytes of input`) ?? {};
  },
  invoke: (core) => core.machine.console.read() ?? 0,
});
