/** Kernel calls for protected control transfers. Decode beside invoke. */
import { ENTRIES } from "../abi.ts";
import { transfer, whyBusy } from "../control-transfer.ts";
import { requireId, requireRunning } from "../guards.ts";
import { type Decoding, defineCall, guard, need, SWITCHED } from "../kernel-call.ts";
import { ENV_STATE } from "../layout.ts";

function decodeTransfer(call: Decoding, target: number, synchronous: boolean): { callee: number } {
  requireRunning(call);
  const callee = requireId(call, target);
  need(
    call,
    "callee is another environment",
    callee !== call.caller,
    "INVAL",
    () => `environment ${target} ${callee === call.caller ? "is the caller itself" : "is another"}`,
  );
  const entry = synchronous ? ENTRIES.transfer : ENTRIES.transferAsync;
  const state = call.core.records.envState(callee);
  guard(
    call,
    "callee has started",
    state !== ENV_STATE.created,
    "BUSY",
    () =>
      `environment ${target} ${state === ENV_STATE.created ? "has not started" : "has started"}`,
  );
  guard(
    call,
    "entry is registered",
    call.core.records.entry(callee, entry.number) !== 0,
    "ENTRY",
    () => `environment ${target}, entry ${entry.number} (${entry.meaning})`,
  );
  const busy = whyBusy(call.core, callee, call.core.records.idOf(call.caller), synchronous);
  need(
    call,
    "callee can be entered",
    busy === undefined,
    "BUSY",
    () => busy ?? `environment ${target} can be entered`,
  );
  return { callee };
}

const TARGET = 7;

export const transferSync = defineCall<{ callee: number }>({
  name: "transferSync",
  decode: (call, args) => decodeTransfer(call, args[TARGET], true),
  invoke: (core, { callee }) => {
    transfer(core, callee, true);
    return SWITCHED;
  },
});

export const transferAsync = defineCall<{ callee: number }>({
  name: "transferAsync",
  decode: (call, args) => decodeTransfer(call, args[TARGET], false),
  invoke: (core, { callee }) => {
    transfer(core, callee, false);
    return SWITCHED;
  },
});
