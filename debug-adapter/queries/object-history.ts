/** Every transition of an object of the kernel, from the boot on, each a moment to visit. */
import { describeEvent, type KernelEvent } from "#exokernel";
import type { Debuggee } from "../debuggee.ts";
import { isAbout, objectText } from "../kernel-objects.ts";
import type { KernelObject, ObjectHistoryBody } from "../protocol.ts";
import { momentOf } from "./look-back.ts";

export function historyOf(debuggee: Debuggee, object: KernelObject): ObjectHistoryBody {
  return body(
    debuggee,
    objectText(debuggee, object),
    "slot" in object && object.slot !== undefined
      ? eventsOfCapability(debuggee, object.environment, object.slot)
      : debuggee.timeline.events((event) => isAbout(event, object)),
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
