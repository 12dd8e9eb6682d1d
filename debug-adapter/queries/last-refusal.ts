/** Why an environment's last kernel call was refused, and the line that made it. */
import { describeEvent, type KernelEvent } from "#exokernel";
import type { Debuggee } from "../debuggee.ts";
import type { LastRefusalBody, SourcePlace } from "../protocol.ts";
import { from, momentOf, placeOfEvent } from "./look-back.ts";

/** Of all that the known history has; nothing where no call of the environment was ever refused. */
export async function lastRefusal(
  debuggee: Debuggee,
  environment: number,
): Promise<LastRefusalBody> {
  const refused = debuggee.timeline
    .events((event) => event.kind === "refused" && event.environment === environment)
    .at(-1);
  if (refused?.kind !== "refused") return {};
  const { call, guard, because } = refused;
  const place = await placeOnce(debuggee, refused);
  return {
    refusal: {
      text: describeEvent(refused, (id) => debuggee.nameOf(id)),
      call,
      error: `EXO_E_${refused.error}`,
      guard,
      because,
      position: momentOf(debuggee, refused),
      ...(place === undefined ? {} : { place }),
    },
  };
}

/** By branch and running number: a branch's past does not change. */
const places = new WeakMap<Debuggee, Map<string, SourcePlace | undefined>>();

/** A client asks at every stop, and most stops have no new refusal: the moment is gone back to once. */
async function placeOnce(debuggee: Debuggee, event: KernelEvent): Promise<SourcePlace | undefined> {
  const known = places.get(debuggee) ?? new Map<string, SourcePlace | undefined>();
  places.set(debuggee, known);
  const key = `${debuggee.timeline.branch.id}/${event.index}`;
  if (!known.has(key)) {
    known.set(key, await from(debuggee, async () => placeOfEvent(debuggee, event)));
  }
  return known.get(key);
}
