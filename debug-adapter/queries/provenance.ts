/** How an object came to be: its capability, and by each derivation and grant up to the root, each a moment to visit. */
import {
  type Capability,
  type CapabilityRef,
  describeEvent,
  type KernelEvent,
  refIndex,
  refSlot,
  rightsText,
} from "#exokernel";
import type { Debuggee } from "../debuggee.ts";
import { isAbout, objectText, ownersCapability, resourceOf } from "../kernel-objects.ts";
import type { KernelObject, LegalityStep, ProvenanceBody } from "../protocol.ts";
import { from, momentOf, placeOfEvent } from "./look-back.ts";

export function provenanceOf(debuggee: Debuggee, object: KernelObject): Promise<ProvenanceBody> {
  return from(debuggee, async () => {
    const text = objectText(debuggee, object);
    const ref = ownersCapability(debuggee, object);
    const capability = debuggee.view.capability(ref);
    if (capability === undefined) {
      const last = debuggee.timeline.events((event) => isAbout(event, object)).at(-1);
      if (last === undefined) return { text: `Nobody has ever had ${text}.`, chain: [] };
      return {
        text: `Nobody holds ${text} now.`,
        chain: [
          stepOf(
            debuggee,
            describeEvent(last, (id) => debuggee.nameOf(id)),
            last,
          ),
        ],
      };
    }
    const holder = debuggee.nameOf(idAt(debuggee, refIndex(ref)));
    const isBinding = "address" in object && object.address !== undefined;
    const isSlot = resourceOf(object) === undefined && !isBinding;
    const bound = isBinding
      ? debuggee.timeline.events((event) => event.kind === "bound" && isAbout(event, object)).at(-1)
      : undefined;
    const first =
      bound === undefined
        ? []
        : [
            stepOf(
              debuggee,
              describeEvent(bound, (id) => debuggee.nameOf(id)),
              bound,
            ),
          ];
    return {
      text: isSlot
        ? `Where ${text} comes from.`
        : `Where ${text} comes from: ${holder} has it by slot ${refSlot(ref)}.`,
      chain: [...first, ...chainOf(debuggee, ref)],
    };
  });
}

/** Each capability from this one up to its root, with the event that made it. For use within `from`. */
export function chainOf(debuggee: Debuggee, start: CapabilityRef): LegalityStep[] {
  const links: { readonly capability: Capability; readonly text: string }[] = [];
  for (let ref = start; ref !== 0; ) {
    const capability = debuggee.view.capability(ref);
    if (capability === undefined) break;
    const holder = debuggee.nameOf(idAt(debuggee, refIndex(ref)));
    const isRoot = capability.parent === 0;
    links.push({
      capability,
      text: `slot ${refSlot(ref)} of ${holder}: ${capability.kind}, ${rightsText(capability.rights)}${isRoot ? ", a root" : ""}`,
    });
    ref = capability.parent;
  }
  const events = links.map(({ capability }) => makerOf(debuggee, capability));
  return links.map(({ text }, i) => {
    const event = events[i];
    const how =
      event === undefined
        ? "there since the machine was switched on"
        : describeEvent(event, (id) => debuggee.nameOf(id));
    return stepOf(debuggee, `${text}: ${how}`, event);
  });
}

/** The event that put a capability into its slot: the last about that slot at the step that its record says. */
export function makerOf(debuggee: Debuggee, capability: Capability): KernelEvent | undefined {
  const holder = idAt(debuggee, refIndex(capability.ref));
  const isIt = makes(capability, holder);
  return debuggee.timeline.events(isIt).at(-1);
}

/** Tells the event that made a capability of `holder`'s. */
export function makes(
  { ref, kind, resource, step }: Capability,
  holder: number,
): (event: KernelEvent) => boolean {
  const slot = refSlot(ref);
  return (event) => {
    if (event.step >>> 0 !== step) return false;
    switch (event.kind) {
      case "allocated":
      case "extentAllocated":
      case "filterInserted":
        return event.owner === holder && event.slot === slot;
      case "derived":
        return event.to === holder && event.toSlot === slot;
      case "accepted":
        return event.environment === holder && event.slot === slot;
      // These do not say the slot of what they made.
      case "sliceAllocated":
        return event.owner === holder && kind === "slice" && event.position === resource;
      case "created":
        return event.created === holder
          ? slot === 0
          : event.environment === holder && kind === "environment" && event.created === resource;
      default:
        return false;
    }
  };
}

/** A sentence with the moment and the place of an event. For use within `from`. */
export function stepOf(
  debuggee: Debuggee,
  text: string,
  event: KernelEvent | undefined,
): LegalityStep {
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
