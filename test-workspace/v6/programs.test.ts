import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type GuestRun, runGuest, WORKSPACE } from "../../debug-adapter/testing/run-guest.ts";
import { LEVELS } from "../../exokernel/testing/sampling.ts";

const SCENARIO = join(WORKSPACE, "v6/v6.exo.json");

/** What the world writes while commands are typed at its shell, without the echo of what was typed ahead. */
async function shell(
  commands: readonly string[],
  optimisation: (typeof LEVELS)[number] = "2",
  steps = 200_000_000,
): Promise<GuestRun & { readonly written: string }> {
  const typed = [...commands, "exit", ""].join("\n");
  const bytes = new TextEncoder().encode(typed);
  const run = await runGuest(SCENARIO, { optimisation, steps, console: [{ step: 1, bytes }] });
  return { ...run, written: run.output.replace(typed, "").replaceAll("$ ", "") };
}

describe.each(LEVELS)("with -O%s", (optimisation) => {
  test("the shell does pipes, redirection, lists, conditions, groups, quotes and comments", async () => {
    const { written, fatal, statuses } = await shell(
      [
        `echo 'a  b' "c | d" e\\ f # g`,
        "echo one > f; echo two >> f; cat < f",
        "(echo x; echo y) | grep -n y && echo yes || echo no",
        "grep z f && echo yes || echo no; grep z f; echo status $?",
        "mkdir d; cd d; echo in > g; cat g; cd ..; rm d/g d",
        "cat f f f | grep o | grep -c t | wc",
        "sleep 1 & echo at once; wait",
      ],
      optimisation,
    );
    expect(written).toBe("a  b c | d e f\none\ntwo\n2:y\nyes\nno\nstatus 1\nin\n1 1 2\nat once\n");
    expect(fatal).toEqual([]);
    expect(statuses.get("world")).toBe(0);
  });

  test("the shell says what is wrong with a line, and goes on", async () => {
    const long = "x".repeat(900);
    const { written } = await shell(
      ["echo 'abc", "| wc", "a > ;", "(a", "a )", "a (b)", "nothing here", `${long}`, "echo on"],
      optimisation,
    );
    expect(written).toBe(
      [
        "sh: syntax error: a quote is not closed",
        "sh: syntax error: a command is missing",
        "sh: syntax error: a redirection names no file",
        "sh: syntax error: a ( is not closed",
        "sh: syntax error: a ) was not opened",
        "sh: syntax error: a ( stands where no command can begin",
        "sh: there is no program nothing",
        `sh: there is no program ${long}`,
        "on",
        "",
      ].join("\n"),
    );
  });

  test("a process that does not keep to its library is refused all that it tries", async () => {
    const { written } = await shell(["intruder; echo still here"], optimisation);
    expect(written).not.toContain("NOT ALL REFUSED");
    expect(written.match(/all refused/g)?.length).toBe(8);
    expect(written).toContain("bystander: 0 of my 16384 bytes have changed\nNOTHING WAS WRITTEN\n");
    expect(written).toMatch(/still here\n$/);
  });
});

// All of it, which takes a minute, is in libos/v6/v6.test.ts.
test("a process that is gone lends what it was lent itself, until those that read it are gone too", async () => {
  const { written, fatal } = await shell(["absurd pointers; absurd processes; echo $?"]);
  expect(written).not.toContain("WRONG");
  expect(written.match(/ALL OK\n/g)?.length).toBe(2);
  expect(written).toMatch(/\n0\n$/);
  expect(fatal).toEqual([]);
});

test("mode bits are for owners: who is another user reads only what all may read", async () => {
  const { written } = await shell([
    "echo text > f; chmod 600 f; chown 5 f",
    "as 7 cat f; as 5 cat f; as 7 chmod 777 f; as 7 as 0 id; as 7 rm f",
  ]);
  expect(written.split("\n")).toEqual([
    "cat: cannot open f",
    "text",
    "chmod: the mode of f is not yours to change",
    "as: user 7 cannot become user 0",
    "rm: cannot remove f",
    "",
  ]);
});

test("control-C ends what runs in the foreground, not the shell, nor what runs in the background", async () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const run = await runGuest(SCENARIO, {
    optimisation: "2",
    steps: 300_000_000,
    console: [
      { step: 1, bytes: bytes("(sleep 300; echo background) &\nsleep 1000; echo not reached\n") },
      { step: 20_000_000, bytes: bytes("\x03") },
      { step: 25_000_000, bytes: bytes("echo $?; wait; exit 4\n") },
    ],
  });
  expect(run.output).toMatch(/\^C\n\$ (?:echo.*\n)?130\n/);
  expect(run.output).not.toContain("\nnot reached");
  expect(run.output).toContain("background\n");
  expect(run.statuses.get("world")).toBe(4);
  expect(run.fatal).toEqual([]);
});
