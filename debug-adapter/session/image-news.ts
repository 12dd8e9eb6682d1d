/** What a client is told since environments run other images: breakpoints that are bound now, or not any more, and sources that are new. */
import type { Breakpoints } from "../breakpoints.ts";
import type { Debuggee } from "../debuggee.ts";
import type { RunControl } from "../run/run-control.ts";
import { LoadedSources } from "./loaded-sources.ts";
import type { SendEvent } from "./server.ts";

/** Returns what tells it: to be called now and then, and before a stop. While one looks back it does nothing. */
export function imageNews(
  debuggee: Debuggee,
  control: RunControl,
  breakpoints: Breakpoints,
  send: SendEvent,
): () => void {
  const sources = new LoadedSources(debuggee);
  let isStale = false;
  control.onImages = () => {
    isStale = true;
  };
  return () => {
    const { isQuiet, isLookedAt } = debuggee.timeline;
    if (!isStale || isQuiet || isLookedAt) return;
    isStale = false;
    for (const breakpoint of breakpoints.changed()) {
      send("breakpoint", { reason: "changed", breakpoint });
    }
    for (const source of sources.added()) send("loadedSource", { reason: "new", source });
  };
}
