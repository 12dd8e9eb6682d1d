/** A log point over all that is known of a run: every hit at once, those before now and those after. */
import type { Position } from "#exokernel";
import type { Debuggee } from "../debuggee.ts";
import type { HitEvaluator } from "../hit-conditions.ts";
import type { HitsArguments, HitsBody } from "../protocol.ts";
import type { Halt, Place, RunControl } from "../run/run-control.ts";
import { from, historyPosition } from "./look-back.ts";

/** More than so many are not gathered. */
const HITS_MAX = 10_000;

/** Throws nothing: a line without code has no hits. */
export function pastHits(
  debuggee: Debuggee,
  control: RunControl,
  evaluator: HitEvaluator,
  { path, line, condition, logMessage }: HitsArguments,
): Promise<HitsBody> {
  const places = placesOf(debuggee, path, line);
  return from(debuggee, async () => {
    const { timeline } = debuggee;
    const { end } = timeline;
    const hits: HitsBody["hits"][number][] = [];
    let isCut = false;
    const visit = (halt: Place, at: Position) => {
      const isHere = places.some(
        ({ environment, pc }) => environment === halt.environment && pc === halt.pc,
      );
      if (!isHere) return;
      if (condition !== undefined && evaluator.truth(condition, halt) === false) return;
      if (hits.length >= HITS_MAX) {
        isCut = true;
        return;
      }
      hits.push({
        text:
          logMessage === undefined
            ? debuggee.nameOf(halt.environment)
            : evaluator.interpolate(logMessage, halt),
        position: historyPosition(debuggee, at),
        environment: halt.environment,
      });
    };
    timeline.seek(timeline.start);
    const visitHalt = (halt: Halt, at: Position) => {
      if (halt.kind === "place" || halt.kind === "breakpoint") visit(halt, at);
    };
    const isWhole = await control.review(end, places, visitHalt, "included");
    return { hits, isCut: isCut || !isWhole };
  });
}

function placesOf(debuggee: Debuggee, path: string, line: number): Place[] {
  return debuggee.environments().flatMap(({ id, image }) =>
    (image?.filesFor(path) ?? []).flatMap((file) =>
      (image?.debug.lineAddresses(file, line)?.addresses ?? []).map((pc) => ({
        environment: id,
        pc,
      })),
    ),
  );
}
