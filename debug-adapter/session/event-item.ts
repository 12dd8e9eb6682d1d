/** A kernel event as the views list it. */
import { CALLS, describeEvent, type KernelEvent } from "#exokernel";
import type { EventItem } from "../protocol.ts";

export function eventItem(event: KernelEvent, nameOf: (id: number) => string): EventItem {
  return {
    index: event.index,
    step: event.step,
    kind: event.kind,
    environment: event.environment,
    text: describeEvent(event, nameOf),
    ...refusedSlot(event),
  };
}

/** The slot that a refused call named first. */
function refusedSlot(event: KernelEvent): { readonly slot?: number } {
  if (event.kind !== "refused") return {};
  const call = Object.values(CALLS).find(({ name }) => name === event.call);
  const at = call?.parameters.findIndex(({ meaning }) => /^capability of kind/.test(meaning)) ?? -1;
  const slot = event.args[at];
  return slot === undefined ? {} : { slot };
}
