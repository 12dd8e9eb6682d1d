/**
 * *Why was this access legal*: from a load, store, fetch or kernel call to the binding, to the capability, and by each derivation
 * and grant up to the root, each a moment to visit.
 */
import { disassemble, REGISTER_NAMES } from "#emulator";
import {
  type CapabilityRef,
  callByNumber,
  describeEvent,
  indexOfId,
  type KernelEvent,
  REGISTERS,
  RIGHTS,
  refIndex,
  refOf,
  refSlot,
  rightsText,
} from "#exokernel";
import type { Debuggee } from "../debuggee.ts";
import type { LegalityBody, LegalityStep } from "../protocol.ts";
import type { CodeFrame } from "../stack.ts";
import { from, momentOf, placeOfEvent } from "./look-back.ts";

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
    const first = step(
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

/** Each capability from this one up to its root, with the event that made it. */
function chainOf(debuggee: Debuggee, start: CapabilityRef): LegalityStep[] {
  const links: { readonly ref: CapabilityRef; readonly text: string; readonly step: number }[] = [];
  for (let ref = start; ref !== 0; ) {
    const capability = debuggee.view.capability(ref);
    if (capability === undefined) break;
    const holder = debuggee.nameOf(idAt(debuggee, refIndex(ref)));
    const isRoot = capability.parent === 0;
    links.push({
      ref,
      text: `slot ${refSlot(ref)} of ${holder}: ${capability.kind}, ${rightsText(capability.rights)}${isRoot ? ", a root" : ""}`,
      step: capability.step,
    });
    ref = capability.parent;
  }
  return links.map(({ ref, text, step: made }) => {
    const event = makerOf(debuggee, ref, made);
    const how =
      event === undefined
        ? "there since the machine was switched on"
        : describeEvent(event, (id) => debuggee.nameOf(id));
    return step(debuggee, `${text}: ${how}`, event);
  });
}

/** The event that put a capability into its slot: the last about that slot at the step that its record says. */
function makerOf(debuggee: Debuggee, ref: CapabilityRef, made: number): KernelEvent | undefined {
  const holder = idAt(debuggee, refIndex(ref));
  const slot = refSlot(ref);
  return debuggee.timeline
    .events((event) => {
      if (event.step >>> 0 !== made) return false;
      switch (event.kind) {
        case "allocated":
          return event.owner === holder && event.slot === slot;
        case "derived":
          return event.to === holder && event.toSlot === slot;
        case "accepted":
          return event.environment === holder && event.slot === slot;
        case "created":
          return event.created === holder && slot === 0;
        default:
          return false;
      }
    })
    .at(-1);
}

function step(debuggee: Debuggee, text: string, event: KernelEvent | undefined): LegalityStep {
  if (event === undefined) return { text };
  const { now } = debuggee.timeline;
  const place = placeOfEvent(debuggee, event);
  debuggee.timeline.seek(now);
  return {
    text,
    position: momentOf(debuggee, event),
    ...(place === undefined ? {} : { place }),
  };
}

function idAt(debuggee: Debuggee, index: number): number {
  return debuggee.kernel.core.records.idOf(index);
}
