/** A log point over all that is known of a run: every hit at once, those before now and those after. */
import type { Position } from "#exokernel";
import type { Debuggee } from "../debuggee.ts";
import type { HitEvaluator } from "../hit-conditions.ts";
import type { EnvironmentInfo } from "../identities.ts";
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
  const addresses = addressesOf(path, line);
  return from(debuggee, async () => {
    const { timeline } = debuggee;
    const { end } = timeline;
    const hits: HitsBody["hits"][number][] = [];
    let isCut = false;
    const visit = (halt: Place, at: Position) => {
      if (!addresses(debuggee.environment(halt.environment)).includes(halt.pc)) return;
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
    const isWhole = await control.review(end, addresses, visitHalt, "included");
    return { hits, isCut: isCut || !isWhole };
  });
}

/** Where the line is in whatever an environment runs. */
function addressesOf(path: string, line: number): (environment: EnvironmentInfo) => number[] {
  return ({ image }) =>
    (image?.filesFor(path) ?? []).flatMap(
      (file) => image?.debug.lineAddresses(file, line)?.addresses ?? [],
    );
}
