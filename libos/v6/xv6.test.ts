/**
 * Programs in the form in which xv6's are written: its includes, its types, its idioms. They are compiled as they stand, and their output
 * is compared with what xv6's book and manual say of the calls.
 */
import { join } from "node:path";
import { expect, test } from "vitest";
import { LIBOS, runGuest } from "../../debug-adapter/testing/run-guest.ts";
import { LEVELS } from "../../exokernel/testing/sampling.ts";

async function shell(commands: readonly string[], optimisation: "0" | "2"): Promise<string> {
  const typed = [...commands, "exit", ""].join("\n");
  const bytes = new TextEncoder().encode(typed);
  const run = await runGuest(join(LIBOS, "v6/tests/xv6/programs.exo.json"), {
    console: [{ step: 1, bytes }],
    steps: 600_000_000,
    optimisation,
  });
  expect(run.fatal).toEqual([]);
  expect(run.statuses.get("world")).toBe(0);
  return run.output.replace(typed, "").replaceAll("$ ", "");
}

test.each(LEVELS)("pipes, fork, wait, directories and exec are as in xv6 (-O%s)", async (level) => {
  const commands = [
    "primes",
    "pingpong",
    "mkdir a; mkdir a/b; echo > b; echo > a/b/b; find . b",
    "find . b | xargs echo found",
    "find; xargs; find nothing b",
    "prototypes",
  ];
  expect((await shell(commands, level)).trim().split("\n")).toEqual([
    ...[2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31].map((prime) => `prime ${prime}`),
    "child: received ping x",
    "parent: received pong y",
    "./a/b",
    "./a/b/b",
    "./b",
    "found ./a/b",
    "found ./a/b/b",
    "found ./b",
    "usage: find path name",
    "usage: xargs command ...",
    "find: cannot open nothing",
    "all there",
  ]);
});

test.each(LEVELS)(
  "each limit is an error or the end of the process, with a sentence (-O%s)",
  async (level) => {
    const text = await shell(["limits"], level);
    expect(
      text
        .replaceAll(/0x[0-9a-f]{8}/g, "0x...")
        .trim()
        .split("\n"),
    ).toEqual([
      "limits: page fault: a store to 0x... at pc 0x...: no page is left for the heap",
      "touch 100 megabytes: killed",
      "limits: page fault: a store to 0x... at pc 0x...: the stack is full (stack overflow)",
      "recurse for ever: killed",
      "limits: page fault: a load to 0x... at pc 0x...: the stack is full (stack overflow)",
      "read below the stack: killed",
      "limits: page fault: a load to 0x... at pc 0x...: it lies below the stack pointer, and the stack has not come there",
      "read a page below the stack pointer: killed",
      "limits: page fault: a store to 0x... at pc 0x...: a null pointer: nothing is mapped there",
      "store to null: killed",
      "a file has 267 blocks, MAXFILE is 267",
      "13 more files can be open",
    ]);
  },
);
