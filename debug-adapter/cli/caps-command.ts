/** `exo caps`: every capability at the end of a run, or at a step of it, as text or as a DOT graph. */
import { capabilityDot, capabilityText } from "#exokernel";
import { RunControl } from "../run/run-control.ts";
import { prepareRun } from "./run-command.ts";

/** Exit status 0: what becomes of the program is `exo run`'s to say. */
export async function capsCommand(argv: readonly string[], root: string): Promise<number> {
  const { debuggee, args, values } = await prepareRun(argv, root, { dot: { type: "boolean" } });
  const control = new RunControl(debuggee);
  if (args.maxSteps !== undefined) control.limit = args.maxSteps;
  // What the guests print is not what was asked for.
  await control.run();
  const nameOf = (id: number) => debuggee.nameOf(id);
  const text = values.dot === true ? capabilityDot : capabilityText;
  process.stdout.write(text(debuggee.view, nameOf));
  return 0;
}
