/**
 * Another program in the same session: what the client has (its breakpoints, its views, its place on the screen) stays, and what runs is
 * new. Starting another session takes a client seconds, and going on with this one what the program needs to be loaded.
 */
import { notLaunched } from "../errors.ts";
import { EVENTS, type LaunchArguments, type RelaunchArguments } from "../protocol.ts";
import type { Handlers, RequestName } from "./requests.ts";
import type { SendEvent } from "./server.ts";

/** Handlers of one run. */
export type RunHandlers = Omit<Handlers, "exo/relaunch">;

/** `make` makes the handlers of a run that sends its events by what it is given. */
export function relaunching(make: (send: SendEvent) => RunHandlers, send: SendEvent): Handlers {
  let launched: LaunchArguments | undefined;
  const first: RunHandlers = make((event, body) => {
    if (first === current) send(event, body);
  });
  let current = first;

  async function relaunch(args: RelaunchArguments): Promise<undefined> {
    if (launched === undefined) throw notLaunched();
    const { args: _, environmentArguments: __, ...rest } = launched;
    const wanted: LaunchArguments = { ...rest, ...args };
    const next: RunHandlers = make((event, body) => {
      if (next === current) send(event, body);
      // It is loaded: from here on it is what the client sees. Until then it may fail, and the old one stays.
      else if (event === "initialized") replaceBy(next);
      else if (isCompilers(event)) send(event, body);
    });
    await next.launch(wanted);
    launched = wanted;
    return undefined;
  }

  function replaceBy(next: RunHandlers): void {
    const old = current;
    current = next;
    void old.disconnect(undefined);
    send("continued", { threadId: 0, allThreadsContinued: true });
    // The client answers with its breakpoints, as after a launch.
    send("initialized");
  }

  const isCompilers = (event: string) => event === "output" || event === EVENTS.diagnostics;

  const names = Object.keys(current) as Exclude<RequestName, "exo/relaunch">[];
  const now = Object.fromEntries(
    names.map((name) => [name, (args: never) => (current[name] as (args: never) => unknown)(args)]),
  ) as unknown as RunHandlers;
  return {
    ...now,
    launch: async (args) => {
      const body = await current.launch(args);
      launched = args;
      return body;
    },
    "exo/relaunch": relaunch,
  };
}
