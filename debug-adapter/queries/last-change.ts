/** *Who changed this last*: a value in memory, the owner of a page, a capability. One answer, one click from there. */
import type { KernelEvent } from "#exokernel";
import { describeEvent } from "#exokernel";
import { accessText } from "../data-breakpoint-text.ts";
import type { Debuggee } from "../debuggee.ts";
import type { ChangeBody } from "../protocol.ts";
import type { NamedBytes } from "../session/data-breakpoint-info.ts";
import {
  type Breathe,
  changeOf,
  from,
  historyPosition,
  lastWrite,
  lineOf,
  momentOf,
  placeNow,
  placeOfEvent,
  whereText,
} from "./look-back.ts";
import { eventsOfCapability, eventsOfOwner } from "./object-history.ts";
import { lastBoot, ownWrites } from "./unwatched-changes.ts";

/** Who wrote some bytes last: a guest, the kernel, the debugger itself, or whoever loaded the program. */
export function whoWrote(
  debuggee: Debuggee,
  named: NamedBytes,
  breathe: Breathe,
): Promise<ChangeBody> {
  return from(debuggee, async () => {
    const { target, show } = named;
    const { timeline } = debuggee;
    const { now } = timeline;
    const boot = lastBoot(debuggee);
    const since = boot?.at ?? timeline.start;
    const own = ownWrites(debuggee, target.pieces, since, now).at(-1);
    timeline.seek(now);
    const found = await lastWrite(debuggee, target.pieces, own ?? since, breathe);
    if (found === undefined) {
      const how =
        own !== undefined
          ? "was last changed by the debugger"
          : boot === undefined
            ? "is what it was at the start: nothing has written it since the programs were loaded"
            : `is what the boot after power failure ${boot.failures} made it: nothing has written it since`;
      const at = own ?? since;
      const isDated = own !== undefined || boot !== undefined;
      return {
        text: `${target.name} ${how}${isDated ? whereText(undefined, at.step) : ""}.`,
        position: historyPosition(debuggee, at),
      };
    }
    const { stop, at } = found;
    const hit = changeOf(stop);
    debuggee.timeline.seek(at);
    // The stack now is that of right after the write, which is the writer's still: what the library wrote, it wrote for someone.
    const line = stop.byKernel ? undefined : lineOf(debuggee, stop.environment, stop.pc);
    const place = line ?? placeNow(debuggee, stop.environment);
    const isCalled = place !== undefined && line === undefined;
    const text = hit === undefined ? target.name : accessText(debuggee, target, show, hit, stop);
    return {
      text: `${text}${isCalled ? `, called${whereText(place, at.step)}` : whereText(undefined, at.step)}.`,
      position: historyPosition(debuggee, at),
      environment: stop.environment,
      ...(place === undefined ? {} : { place }),
    };
  });
}

export function whoOwned(debuggee: Debuggee, frame: number): Promise<ChangeBody> {
  const events = eventsOfOwner(debuggee, frame);
  return lastEvent(debuggee, events, `page 0x${frame.toString(16)} never had an owner.`);
}

export function whoGave(
  debuggee: Debuggee,
  environment: number,
  slot: number,
): Promise<ChangeBody> {
  return lastEvent(
    debuggee,
    eventsOfCapability(debuggee, environment, slot),
    `Slot ${slot} of ${debuggee.nameOf(environment)} was never changed.`,
  );
}

function lastEvent(
  debuggee: Debuggee,
  events: readonly KernelEvent[],
  none: string,
): Promise<ChangeBody> {
  return from(debuggee, async () => {
    const event = events.at(-1);
    if (event === undefined) return { text: none };
    const place = placeOfEvent(debuggee, event);
    const nameOf = (id: number) => debuggee.nameOf(id);
    const who = event.environment === 0 ? "" : ` by ${nameOf(event.environment)}`;
    return {
      text: `${describeEvent(event, nameOf)}${who}${whereText(place, event.step)}.`,
      position: momentOf(debuggee, event),
      environment: event.environment,
      ...(place === undefined ? {} : { place }),
    };
  });
}
