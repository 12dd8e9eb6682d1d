/** *What If*: what is asked of the user, what of the adapter, and what is kept of the answer. */
import { beforeEach, expect, test } from "vitest";
import type { CallsBody, WhatIfBody } from "../debug-adapter/protocol.ts";
import { KernelModel } from "./kernel-model.ts";
import {
  CLIENT,
  environment,
  environmentsAt,
  LAUNCHER,
  SERVER,
  server,
} from "./testing/kernel-state.ts";
import { stub } from "./testing/vscode-stub.ts";
import { weakenedMessage } from "./weakened-banner.ts";
import { argumentsProblem, askWhatIf, whatIfItems } from "./what-if.ts";

const calls: CallsBody["calls"] = [
  { name: "sleep", meaning: "Sleeps.", parameters: [] },
  {
    name: "page_free",
    meaning: "Frees.",
    parameters: [
      { name: "environment", meaning: "on whose behalf" },
      { name: "page", meaning: "the owner's" },
    ],
  },
];
const answer: WhatIfBody = {
  text: "page_free by server would be refused.",
  ok: false,
  trail: [
    {
      guard: "slot holds a capability",
      holds: false,
      because: "slot 9 is empty",
      place: { file: "exokernel/guards.ts", line: 62, text: "capability !== undefined" },
    },
  ],
  refusal: { error: "CAP", guard: "slot holds a capability", because: "slot 9 is empty" },
  sufficient: [{ text: "slot 16 would do", environment: SERVER, slot: 16, parameter: "page" }],
};

let requests: unknown[][];
beforeEach(() => {
  requests = [];
  stub.messages.length = 0;
  stub.answers.length = 0;
  stub.asked.length = 0;
});

function stopped(): KernelModel {
  const model = new KernelModel();
  const launcher = environment({ id: LAUNCHER, name: "launcher", isLauncher: true });
  const bodies: Record<string, unknown> = {
    "exo/environments": environmentsAt(5, [launcher, environment(), server()]),
    "exo/calls": { calls },
    "exo/whatIf": answer,
    "exo/history": { now: { branch: 1, step: 5, event: 2 } },
  };
  const shown = model.begin({
    id: "s",
    async customRequest(command: string, args?: unknown) {
      requests.push([command, args]);
      return bodies[command];
    },
  });
  shown.hear({ kind: "stopped", threadId: SERVER });
  return model;
}

test("three questions lead to one request, and the answer is kept with its guards", async () => {
  const model = stopped();
  // The environment in focus comes first.
  stub.answers.push(0, 1, "0, 9");
  await askWhatIf(model, async () => {});
  const [, args] = requests.find(([command]) => command === "exo/whatIf") ?? [];
  expect(args).toEqual({ environment: SERVER, call: "page_free", arguments: ["0", "9"] });
  expect(model.shown?.answers[0]).toMatchObject({
    title: "What if server called page_free(0, 9)?",
    items: [
      { text: "page_free by server would be refused." },
      { text: "'slot holds a capability' refuses: slot 9 is empty (exokernel/guards.ts:62)" },
      { text: "slot 16 would do" },
    ],
    askedAt: { branch: 1, step: 5, event: 2 },
  });
  expect(stub.messages).toEqual([answer.text]);
});

test("a call without arguments is not asked for any, and whoever declines asks nothing", async () => {
  const model = stopped();
  stub.answers.push(1, 0);
  await askWhatIf(model, async () => {});
  const [, args] = requests.find(([command]) => command === "exo/whatIf") ?? [];
  expect(args).toEqual({ environment: CLIENT, call: "sleep", arguments: [] });
  requests.length = 0;
  stub.answers.push(0, 1, undefined);
  await askWhatIf(model, async () => {});
  expect(requests.some(([command]) => command === "exo/whatIf")).toBe(false);
});

test("a weakened guard that let the call go on is told apart from one that holds", () => {
  const trail = [{ guard: "x", holds: false, isWeakened: true as const, because: "y" }];
  expect(whatIfItems({ ...answer, trail, sufficient: [] })[1]).toEqual({
    text: "'x' is weakened: y",
  });
});

test.each([
  ["0, 9", undefined],
  ["0", "2 arguments, with commas between: environment, page."],
  ["0, ", "2 arguments, with commas between: environment, page."],
  ["0, 1, 2", "2 arguments, with commas between: environment, page."],
])("arguments '%s': %s", (text, problem) => {
  expect(argumentsProblem(text, calls[1]?.parameters ?? [])).toBe(problem);
});

test("the banner names what is weakened, and is not there otherwise", () => {
  expect(weakenedMessage([])).toBeUndefined();
  expect(weakenedMessage(["page is free", "slot 0 stays"])).toBe(
    "\u26a0 Weakened guards: 'page is free', 'slot 0 stays'. What this run shows, the kernel as it is would have refused.",
  );
});
