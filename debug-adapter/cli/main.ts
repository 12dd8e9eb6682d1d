/** Commands and options of `exo`. Each command returns the exit status; a user's mistake is one sentence on stderr. */
import { UserError } from "../errors.ts";
import { abiCommand } from "./abi-command.ts";
import { benchCommand } from "./bench-command.ts";
import { capsCommand } from "./caps-command.ts";
import { crashCommand } from "./crash-command.ts";
import { fsCommand } from "./fs-command.ts";
import { gradeCommand } from "./grade-command.ts";
import { serveGrading } from "./grade-worker.ts";
import { lessonCommand } from "./lesson-command.ts";
import { recordCommand, replayCommand } from "./record-command.ts";
import { EXIT, runCommand } from "./run-command.ts";

export { EXIT };

const USAGE = `usage: exo run [options] FILE... [-- ARGUMENT...]   runs programs (.c, .elf), each in an
                                                    environment of its own, or a scenario (.exo.json)
       exo trace [options] FILE... [-- ARGUMENT...] the same, and tells on stderr what the kernel does
       exo record [options] FILE... [-- ARGUMENT...] runs as well, and writes a recording of the run
       exo replay [options] FILE.exorec             runs a recording again, and says whether it is the same run
       exo bench [options] FILE... [-- ARGUMENT...] how fast programs run here, and what their steps are spent on
       exo crash [options] SCENARIO.exo.json        power failure before each write to the disk, and the boot after it
       exo grade [options] SPEC.grade.json [PROGRAM...] gives programs points by what they do
       exo caps [options] FILE...                   every capability at the end of a run, or after --max-steps N
       exo fs ACTION IMAGE ...                      makes, lists, reads, writes and checks a UNIX world's file system
       exo lesson check FILE...                     whether lessons and their programs still agree
       exo abi [--count | --header | --docs]        the kernel's interface

options of run, trace and record:
  --max-steps N       end after N steps, with exit status ${EXIT.limit}
  --tick N            length of a slice in steps
  --compiler NAME     zig, clang, gcc or a path
  --optimization O    of C files: 0 (as everywhere when missing), 1, 2, 3 or s
  --floating-point F  of C files: software (when missing) or hardware, the machine's F and D
  --scenario FILE     the same as naming the scenario
  --stats json        counters and the hash of all state, as JSON on stderr
  --engine NAME       translator (code that is hot as WebAssembly; the default) or interpreter
  --disk-out FILE     what is on the disk's platter at the end
  --pcap-out FILE     the packets that were sent and that came from outside
options of trace:
  --all               every kernel event on a line of its own; else what follows from another event of the
                      same moment, and what repeats, is counted
options of bench:
  --runs N            so many runs with each engine; 5 when missing
  --input FILE        what is typed on the console; nothing when missing
  --top N             so many functions are listed; 10 when missing
  --max-steps N       end after N steps; 10^9 when missing
  --json              as JSON
  --tick N, --compiler NAME, --optimization O, --floating-point F, --scenario FILE  as above
options of crash:
  --mode MODE         what becomes of unflushed writes: drop (default), keep or random
  --seed N            which of them, with random
  --seeds N           with random, so many seeds at each moment, from that one on
  --barriers          before each barrier too
  --json              as JSON
options of grade (exit status 0: all points, 1: not all, 2: a mistake in SPEC, 3: something could not be graded):
  --json FILE         the results as JSON; - is stdout, and so for the next
  --junit FILE        the results as JUnit's XML
  --recordings FOLDER recordings of the runs that fail, with marks where they do
  --jobs N            how many are graded at once; as many as there are processors when missing
  --compiler NAME     as above
  --list              the tests of SPEC as JSON, without grading
options of caps:
  --dot               as a graph, for Graphviz
options of record:
  -o, --output FILE   the recording; NAME.exorec in this folder when missing
  --with-programs     put the executables in: it opens without compiler and sources
options of replay:
  --trace             tells on stderr what the kernel does
  --compiler NAME     as above, for programs that are not in the recording
  --stats json        as above

The guests' console is stdout, stdin is theirs; the exit status is the first program's,
which also gets the arguments. A terminal is put into raw mode, since guests echo and edit lines
themselves: control-C is theirs, and twice within a second, or control-], it ends the run.
`;

export async function main(argv: readonly string[], root: string): Promise<number> {
  const [command = "help", ...rest] = argv;
  try {
    switch (command) {
      case "run":
      case "trace":
        return await runCommand(rest, root, command === "trace");
      case "record":
        return await recordCommand(rest, root);
      case "replay":
        return await replayCommand(rest, root);
      case "bench":
        return await benchCommand(rest, root);
      case "crash":
        return await crashCommand(rest, root);
      case "grade":
        return await gradeCommand(rest, root);
      case "grade-worker":
        return await serveGrading(root);
      case "caps":
        return await capsCommand(rest, root);
      case "fs":
        return await fsCommand(rest);
      case "lesson":
        return await lessonCommand(rest, root);
      case "abi":
        return abiCommand(rest);
      case "help":
      case "--help":
      case "-h":
        process.stdout.write(USAGE);
        return 0;
      default:
        throw new UserError(1, `There is no command '${command}'.\n${USAGE}`);
    }
  } catch (problem) {
    if (problem instanceof UserError) {
      process.stderr.write(`exo: ${problem.message}\n`);
      return EXIT.usage;
    }
    if (isParseProblem(problem)) {
      process.stderr.write(`exo: ${problem.message}\n${USAGE}`);
      return EXIT.usage;
    }
    throw problem;
  }
}

function isParseProblem(problem: unknown): problem is Error {
  const code = (problem as { code?: unknown }).code;
  return problem instanceof Error && typeof code === "string" && code.startsWith("ERR_PARSE_ARGS");
}
