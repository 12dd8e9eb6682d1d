/**
 * What somebody sees who types at the shell: the same keys and the same text here, in `exo run`, and in VS Code's terminal
 * (extension/ui-test/v6.ui.ts). The run is exact, so the text is too.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FileSystem } from "../../debug-adapter/fs/file-system.ts";
import { ROOT, runGuest, WORKSPACE } from "../../debug-adapter/testing/run-guest.ts";
import {
  exhaustionKeys,
  type Keys,
  SHELL_KEYS,
  shownText,
} from "../../debug-adapter/testing/terminal.ts";
import type { Kernel } from "../../exokernel/index.ts";
import { COUNTERS, ENV, HEADER } from "../../exokernel/layout.ts";

const SCENARIO = join(WORKSPACE, "v6/v6.exo.json");
const FULL = process.env["EXOSCOPE_FULL"] === "1";

/** A shell at its prompt, at which can be typed. */
async function startShell() {
  const { kernel } = await runGuest(SCENARIO, { steps: 1 });
  const bytes: number[] = [];
  const shown = () => shownText(Buffer.from(bytes).toString("utf8"));
  kernel.machine.console.onOutput = (byte) => bytes.push(byte);

  /** Runs until the text ends so, with what was typed shown before it, and nobody has more to do or still has. */
  const runUntil = (end: string, from: number) => {
    for (let pieces = 0; pieces < 20_000; pieces++) {
      const stop = kernel.run(100_000);
      if (shown().length > from && `\n${shown()}`.endsWith(end) && stop.kind !== "exited") return;
      if (stop.kind === "idle" || stop.kind === "exited") break;
    }
    throw new Error(`the terminal does not come to show '${end}':\n${shown()}`);
  };
  runUntil("\n$", 0);
  return {
    kernel,
    shown,
    type(keys: readonly Keys[]) {
      for (const { keys: typed, until } of keys) {
        const from = shown().length;
        kernel.consoleInput(new TextEncoder().encode(typed));
        runUntil(until, from);
      }
    },
  };
}

/** How much of everything is in use. */
function inUse({ core, machine }: Kernel) {
  const { records } = core;
  const live = Array.from({ length: 256 }, (_, index) => index).filter((i) => records.isLive(i));
  const image = machine.disk?.readImage() ?? new Uint8Array();
  const { image: disk, superblock } = FileSystem.open(image);
  const count = (from: number, bytes: number) =>
    disk
      .subarray(from, from + bytes)
      .reduce((sum, byte) => sum + byte.toString(2).split("1").length - 1, 0);
  const bitmap = superblock.bitmapStart * 1024;
  return {
    freePages: records.header(HEADER.freeCount),
    environments: live.length,
    capabilities: live.map((index) =>
      records.env(index, ENV.counters + 4 * COUNTERS.indexOf("capabilities")),
    ),
    slices: Array.from({ length: 64 }, (_, at) => records.sliceOwner(at)).filter((id) => id !== 0)
      .length,
    blocks: count(bitmap, superblock.size / 8),
    inodes: Array.from({ length: superblock.inodes }, (_, number) => number).filter(
      (number) => disk[superblock.inodeStart * 1024 + number * 64] !== 0,
    ).length,
  };
}

/** The same line before each count: a shell keeps pages that it lent to its children until it forks again. */
const SETTLING: Keys = {
  keys: "(echo a; echo b) | cat | wc; cat no no | wc; echo > f; rm f\n",
  until: "\n$",
};

/** Types keys; nothing is in use afterwards that was not before. Returns the text that they gave. */
async function transcriptWithoutLeak(
  keys: readonly Keys[],
  first: readonly Keys[] = [],
): Promise<string> {
  const shell = await startShell();
  shell.type([SETTLING, ...first, SETTLING]);
  const before = inUse(shell.kernel);
  const from = shell.shown().length - "$".length;
  shell.type(keys);
  const text = shell.shown().slice(from);
  shell.type([SETTLING]);
  expect(inUse(shell.kernel)).toEqual(before);
  return text;
}

test("a shell shows what UNIX shows, for pipelines, redirection, lists, line editing and interrupts", async () => {
  const text = await transcriptWithoutLeak(SHELL_KEYS);
  await expect(`${text}\n`).toMatchFileSnapshot("golden/shell.txt");
}, 120_000);

/** The kernel's table of the world's capabilities grows with the most processes that there ever were, by a page or two. */
const MANY_ONCE: readonly Keys[] = [{ keys: "hog processes\n", until: "\n$" }];

test("what is typed is read, at whatever moment after the prompt it comes", async () => {
  const { kernel, shown } = await startShell();
  const prompts = () => shown().split("\n").length;
  const enter = (piece: number) => {
    const before = prompts();
    kernel.consoleInput(new TextEncoder().encode("\n"));
    for (let steps = 0; prompts() === before && steps < 200_000; steps += piece) kernel.run(piece);
    return prompts() - before;
  };
  for (let moment = 0; moment < 200; moment++) {
    expect(enter(100)).toBe(1);
    kernel.run(moment * 13);
    expect(enter(10_000), `${moment * 13} steps after the prompt`).toBe(1);
  }
}, 120_000);

// A sample of the thousand forks, where not everything is asked for.
const FORKS = FULL ? 1000 : 100;

test("a thousand forks, no page, no process and no block left: the shell goes on, and all is there again", async () => {
  const text = await transcriptWithoutLeak(exhaustionKeys(FORKS), MANY_ONCE);
  const asThousand = text.replaceAll(`${FORKS}`, "1000");
  await expect(`${asThousand}\n`).toMatchFileSnapshot("golden/exhaustion.txt");
}, 120_000);

test("exo run shows the same to who types the same", async () => {
  const args = [join(ROOT, "dist/exo.js"), "run", SCENARIO];
  const exo = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "ignore"] });
  let output = "";
  let arrived = () => {};
  exo.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    arrived();
  });
  const shows = async (end: string, from: number) => {
    while (shownText(output).length <= from || !`\n${shownText(output)}`.endsWith(end)) {
      await new Promise<void>((resolve) => {
        arrived = resolve;
      });
    }
  };
  try {
    await shows("\n$", 0);
    for (const { keys, until } of SHELL_KEYS) {
      const from = shownText(output).length;
      exo.stdin.write(keys);
      await shows(until, from);
    }
  } finally {
    exo.kill();
  }
  await expect(`${shownText(output)}\n`).toMatchFileSnapshot("golden/shell.txt");
}, 120_000);
