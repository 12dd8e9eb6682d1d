/** Why an environment's last kernel call was refused, and the line that made it. */
import { describeEvent } from "#exokernel";
import type { Debuggee } from "../debuggee.ts";
import type { LastRefusalBody } from "../protocol.ts";
import { from, momentOf, placeOfEvent } from "./look-back.ts";

/** Of all that the known history has; nothing where no call of the environment was ever refused. */
export function lastRefusal(debuggee: Debuggee, environment: number): Promise<LastRefusalBody> {
  return from(debuggee, async () => {
    const refused = debuggee.timeline
      .events((event) => event.kind === "refused" && event.environment === environment)
      .at(-1);
    if (refused?.kind !== "refused") return {};
    const { call, guard, because } = refused;
    const place = placeOfEvent(debuggee, refused);
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
  });
}
