/** Kernel calls on the console and the repossession vector. Decode beside invoke. */
import { LIMITS, RIGHTS } from "../abi.ts";
import { takeRepossession } from "../capability.ts";
import { requireCapability } from "../guards.ts";
import { defineCall, need } from "../kernel-call.ts";
import { ENV } from "../layout.ts";

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
      `${count} bytes, at most ${LIMITS.consoleBytes}`,
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
    need(call, "there is input", available > 0, "AGAIN", `${available} bytes of input`);
    return {};
  },
  invoke: (core) => core.machine.console.read() ?? 0,
});

export const repossessionNext = defineCall<Record<string, never>>({
  name: "repossessionNext",
  decode: (call) => {
    const count = call.core.records.env(call.caller, ENV.repossessionCount);
    need(call, "the vector is not empty", count > 0, "AGAIN", `${count} entries`);
    return {};
  },
  invoke: (core, _request, caller) => {
    const entry = takeRepossession(core, caller);
    if (entry === undefined) throw new Error("assertion failed: the vector is empty");
    const { hart } = core.machine;
    if (core.current === caller) {
      hart.setX(11, entry.resource);
      hart.setX(12, entry.by);
      hart.setX(13, entry.reason);
      hart.setX(14, entry.slot);
    }
    return entry.kind;
  },
});
