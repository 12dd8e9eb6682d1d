/**
 * *Why was this access legal*: from a load, store, fetch or kernel call to the binding, to the capability, and by each derivation
 * and grant up to the root, each a moment to visit.
 */
import { disassemble, REGISTER_NAMES } from "#emulator";
import { callByNumber, indexOfId, REGISTERS, RIGHTS, refOf, refSlot, rightsText } from "#exokernel";
import type { Debuggee } from "../debuggee.ts";
import type { LegalityBody } from "../protocol.ts";
import type { CodeFrame } from "../stack.ts";
import { from } from "./look-back.ts";
import { chainOf, stepOf } from "./provenance.ts";

export type AccessKind = "read" | "write" | "execute";

export interface Access {
  readonly environment: number;
  readonly address: number;
  readonly kind: AccessKind;
}

const RIGHT: Record<AccessKind, number> = {
  read: RIGHTS.READ,
  write: RIGHTS.WRITE,
  execute: RIGHTS.EXECUTE,
};
const VERB: Record<AccessKind, string> = {
  read: "reads",
  write: "writes",
  execute: "fetches from",
};
const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

/** What the instruction at a frame does: an access, or a kernel call with the slot that authorises it. */
export function actOf(
  debuggee: Debuggee,
  frame: CodeFrame,
): Access | { readonly call: string; readonly environment: number; readonly slot: number } {
  const { environment, pc } = frame;
  const fetch: Access = { environment, address: pc, kind: "execute" };
  const bytes = debuggee.readMemory(environment, pc, 4) ?? debuggee.readMemory(environment, pc, 2);
  if (bytes === undefined || frame.isReturnAddress) return fetch;
  const word = bytes.reduceRight((value, byte) => value * 256 + byte, 0);
  const { mnemonic, operands } = disassemble(word, pc);
  const register = (index: number) => frame.registers[index] ?? 0;
  if (mnemonic === "ecall") {
    const call = callByNumber(register(REGISTERS.callNumber));
    const at = call?.parameters.findIndex(({ meaning }) =>
      /^capability of kind|^the owner's/.test(meaning),
    );
    if (call !== undefined && at !== undefined && at >= 0) {
      return { call: call.name, environment, slot: register(REGISTERS.firstArgument + at) };
    }
    return fetch;
  }
  const memory = /(-?(?:0x)?[0-9a-f]+)?\((\w+)\)/.exec(operands);
  const name = mnemonic.replace(/^c\./, "");
  const isWrite = /^(s[bhw]|sc|amo)/.test(name);
  if (memory === null || !(isWrite || /^l[bhwr]/.test(name))) return fetch;
  const base = register(REGISTER_NAMES.indexOf(memory[2] as (typeof REGISTER_NAMES)[number]));
  const address = (base + Number(memory[1] ?? 0)) >>> 0;
  return { environment, address, kind: isWrite ? "write" : "read" };
}

/** The chain of authority behind an access, or a sentence why there is none. */
export function whyAccess(debuggee: Debuggee, access: Access): Promise<LegalityBody> {
  return from(debuggee, async () => {
    const { environment, address, kind } = access;
    const name = debuggee.nameOf(environment);
    const subject = `${name} ${VERB[kind]} ${hex(address)}`;
    const binding = debuggee.view.translate(environment, address);
    if (binding === undefined) {
      return { text: `${subject}: it would fault, no page is bound there.`, chain: [] };
    }
    const { frame, rights, guaranteed, capability } = binding;
    const page = `page ${hex(frame)}`;
    const kindOfBinding = guaranteed ? "a guaranteed mapping" : "the software TLB";
    if ((rights & RIGHT[kind]) === 0) {
      return {
        text: `${subject}: it would fault, ${page} is bound there ${rightsText(rights).slice(0, 3)}.`,
        chain: [],
      };
    }
    const base = (address & ~0xfff) >>> 0;
    const bound = debuggee.timeline
      .events(
        (event) => event.kind === "bound" && event.target === environment && event.address === base,
      )
      .at(-1);
    const first = stepOf(
      debuggee,
      `${hex(base)} is bound to ${page} ${rightsText(rights).slice(0, 3)} by slot ${refSlot(capability)} (${kindOfBinding}); a refill asks nothing more`,
      bound,
    );
    return {
      text: `${subject}, which is in ${page}: the binding allows it, and the binding was allowed by slot ${refSlot(capability)}.`,
      chain: [first, ...chainOf(debuggee, capability)],
    };
  });
}

/** The same for the capability that a kernel call names. */
export function whyCall(
  debuggee: Debuggee,
  { call, environment, slot }: { call: string; environment: number; slot: number },
): Promise<LegalityBody> {
  return from(debuggee, async () => {
    const ref = refOf(indexOfId(environment), slot);
    const capability = debuggee.view.capability(ref);
    const name = debuggee.nameOf(environment);
    if (capability === undefined) {
      return { text: `${name} calls ${call} with slot ${slot}, which is empty.`, chain: [] };
    }
    return {
      text: `${name} calls ${call} with slot ${slot}: ${capability.kind}, ${rightsText(capability.rights)}.`,
      chain: chainOf(debuggee, ref),
    };
  });
}
