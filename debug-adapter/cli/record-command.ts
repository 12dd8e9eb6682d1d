/** `exo record` and `exo replay`: a run that can be run again, anywhere, and the proof that it is the same. */
import { accessSync, constants } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { comparePositions, Divergence } from "#exokernel";
import type { Debuggee } from "../debuggee.ts";
import { UserError, unwritableFile } from "../errors.ts";
import { nodeHost } from "../host.ts";
import type { LaunchArguments } from "../protocol.ts";
import { captureRecording } from "../recording/capture.ts";
import { openRecording } from "../recording/open.ts";
import { baseName } from "../recording/origin.ts";
import { isRecordingName, type Recording } from "../recording/recording.ts";
import { writeRecording } from "../recording/write.ts";
import type { Halt } from "../run/run-control.ts";
import { checkStats, consoleBuilder, EXIT, prepareRun, Run } from "./run-command.ts";

/** Runs as `exo run` does and writes what was run, however it ends. */
export async function recordCommand(argv: readonly string[], root: string): Promise<number> {
  const { debuggee, args, values } = await prepareRun(argv, root, {
    output: { type: "string", short: "o" },
    "with-programs": { type: "boolean" },
  });
  const name = baseName(args.program).replace(/\.(c|elf|exo\.json)$/, "");
  const output = resolve(values.output ?? `${name}.exorec`);
  checkOutput(output);
  const run = new Run(debuggee, args, "none", values.stats === "json");
  const interrupt = () => run.interrupt();
  process.once("SIGINT", interrupt);
  const halt = await run.execute();
  process.off("SIGINT", interrupt);
  debuggee.capture?.write(nodeHost);
  const withPrograms = values["with-programs"] === true;
  const text = writeRecording(captureRecording(debuggee, [], withPrograms, nodeHost));
  nodeHost.writeFile(output, text);
  say(`recorded ${debuggee.kernel.steps} steps in ${output} (${Buffer.byteLength(text)} bytes)`);
  return run.conclude(halt);
}

/** Before the run rather than after it, which may have taken long. */
function checkOutput(output: string): void {
  if (!isRecordingName(output)) {
    throw new UserError(1, `A recording's name ends in '.exorec', unlike '${output}'.`);
  }
  try {
    accessSync(dirname(output), constants.W_OK);
  } catch (problem) {
    throw unwritableFile(output, (problem as NodeJS.ErrnoException).code ?? "no such folder");
  }
}

/** Runs a recording again: its console on stdout, and on stderr whether it was the same run. */
export async function replayCommand(argv: readonly string[], root: string): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      trace: { type: "boolean" },
      compiler: { type: "string" },
      stats: { type: "string" },
    },
  });
  checkStats(values.stats);
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) {
    throw new UserError(1, "Name one recording (.exorec) to run again.");
  }
  const args: LaunchArguments = {
    program: resolve(file),
    cwd: process.cwd(),
    ...(values.compiler === undefined ? {} : { compiler: values.compiler }),
  };
  const { debuggee, recording } = await openRecording(args, nodeHost, consoleBuilder(root));
  const run = new Run(
    debuggee,
    args,
    values.trace === true ? "told" : "none",
    values.stats === "json",
  );
  const halt = await replay(run, debuggee);
  const difference = differenceOf(halt, debuggee, recording);
  if (difference !== undefined) {
    say(`not the same run: ${difference}.`);
    return EXIT.differs;
  }
  say(`the same run, ${debuggee.kernel.steps} steps`);
  return run.conclude(howItEnds(debuggee));
}

/** A replay's halt; undefined when what was recorded cannot enter any more. */
async function replay(run: Run, { timeline }: Debuggee): Promise<Halt | Divergence> {
  // Nothing was recorded but the boot.
  if (timeline.isAtEnd) return { kind: "endOfHistory" };
  try {
    return await run.execute(false);
  } catch (problem) {
    if (problem instanceof Divergence) return problem;
    throw problem;
  }
}

function differenceOf(
  halt: Halt | Divergence,
  { timeline, kernel }: Debuggee,
  { branches, current, hash }: Recording,
): string | undefined {
  const { now } = timeline;
  if (halt instanceof Divergence) {
    return `what was recorded for step ${halt.target.step} could not enter, at step ${now.step}`;
  }
  const end = branches[current - 1]?.end;
  if (end === undefined || comparePositions(now, end) !== 0) {
    return `it ended at step ${now.step} (event ${now.event}), the recording ends at step ${end?.step} (event ${end?.event})`;
  }
  const found = kernel.hash();
  return found === hash
    ? undefined
    : `at its end, step ${now.step}, the machine's hash is ${found}, and ${hash} was recorded; up to there nothing is known to differ`;
}

/** Whether the program, too, is at its end. One more step is asked for, of which nobody is told. */
function howItEnds({ timeline, kernel }: Debuggee): Halt {
  timeline.onEvent = undefined;
  kernel.machine.console.onOutput = undefined;
  const stop = timeline.run(1);
  return stop.kind === "exited" || stop.kind === "idle" ? stop : { kind: "endOfHistory" };
}

function say(sentence: string): void {
  process.stderr.write(`exo: ${sentence}\n`);
}
