/** Every transition of a page or of a capability's slot, from the boot on, each a moment to visit. */
import { describeEvent, type KernelEvent } from "#exokernel";
import type { Debuggee } from "../debuggee.ts";
import type { ObjectHistoryBody } from "../protocol.ts";
import { momentOf } from "./look-back.ts";

/** Page: owner, bindings, what derives from its capability. */
export function historyOfPage(debuggee: Debuggee, frame: number): ObjectHistoryBody {
  return body(
    debuggee,
    `page 0x${frame.toString(16)}`,
    debuggee.timeline.events((event) => isAboutPage(event, frame)),
  );
}

export function historyOfCapability(
  debuggee: Debuggee,
  environment: number,
  slot: number,
): ObjectHistoryBody {
  return body(
    debuggee,
    `slot ${slot} of ${debuggee.nameOf(environment)}`,
    eventsOfCapability(debuggee, environment, slot),
  );
}

/** Events that gave a page an owner or took it. */
export function eventsOfOwner(debuggee: Debuggee, frame: number): KernelEvent[] {
  return debuggee.timeline.events(
    (event) => (event.kind === "allocated" || event.kind === "freed") && event.frame === frame,
  );
}

/** Events that filled or emptied a slot, or offered what is in it. */
export function eventsOfCapability(
  debuggee: Debuggee,
  environment: number,
  slot: number,
): KernelEvent[] {
  return debuggee.timeline.events((event) => {
    switch (event.kind) {
      case "created":
        return event.created === environment && slot === 0;
      case "allocated":
        return event.owner === environment && event.slot === slot;
      case "derived":
        return event.to === environment && event.toSlot === slot;
      case "accepted":
        return event.environment === environment && event.slot === slot;
      case "offered":
        return event.environment === environment && event.slot === slot;
      case "removed":
        return event.holder === environment && event.slot === slot;
      default:
        return false;
    }
  });
}

/** Of kind page in KINDS (exokernel/abi.ts). */
const PAGE = 3;

function isAboutPage(event: KernelEvent, frame: number): boolean {
  switch (event.kind) {
    case "allocated":
    case "freed":
    case "bound":
    case "unbound":
    case "evicted":
      return event.frame === frame;
    case "derived":
    case "removed":
      return event.capabilityKind === PAGE && event.resource === frame;
    default:
      return false;
  }
}

function body(
  debuggee: Debuggee,
  title: string,
  events: readonly KernelEvent[],
): ObjectHistoryBody {
  const nameOf = (id: number) => debuggee.nameOf(id);
  return {
    title,
    items: events.map((event) => ({
      text: `${nameOf(event.environment)}: ${describeEvent(event, nameOf)}`,
      position: momentOf(debuggee, event),
      environment: event.environment,
    })),
  };
}
