import { expect, test, vi } from "vitest";
import { KernelModel } from "./kernel-model.ts";
import { CLIENT, environment, environmentsAt, pagesAt, SERVER } from "./testing/kernel-state.ts";

/** A session whose answers wait until the test lets them go. */
class FakeSession {
  readonly id: string;
  step = 1;
  readonly asked: string[] = [];
  readonly #waiting: (() => void)[] = [];
  isHeld = false;

  constructor(id = "one") {
    this.id = id;
  }

  async customRequest(command: string): Promise<unknown> {
    this.asked.push(command);
    const { step } = this;
    if (this.isHeld) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return command === "exo/pages" ? pagesAt(step, []) : environmentsAt(step, [environment()]);
  }

  release(): void {
    this.isHeld = false;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

async function stopped(session = new FakeSession()) {
  const model = new KernelModel();
  model.want("environments", true);
  const shown = model.begin(session);
  shown.hear({ kind: "stopped", threadId: CLIENT });
  await settled();
  return { model, shown, session };
}

test("a stop is read once, however often views ask", async () => {
  const { model, shown, session } = await stopped();
  shown.read();
  model.want("environments", true);
  await settled();
  expect(session.asked).toEqual(["exo/environments"]);
  expect(shown.step).toBe(1);
});

test("nothing is asked while no view is visible", async () => {
  const session = new FakeSession();
  const model = new KernelModel();
  model.begin(session).hear({ kind: "stopped" });
  await settled();
  expect(session.asked).toEqual([]);
});

test("a view that becomes visible reads the stop that is there, with the names of environments", async () => {
  const session = new FakeSession();
  const model = new KernelModel();
  const shown = model.begin(session);
  shown.hear({ kind: "stopped" });
  model.want("pages", true);
  await settled();
  expect(session.asked).toEqual(["exo/environments", "exo/pages"]);
  expect(shown.pictures.pages?.now.step).toBe(1);
});

test("the last stop is what changes are marked against", async () => {
  const { shown, session } = await stopped();
  for (session.step = 2; session.step < 4; session.step += 1) {
    shown.hear({ kind: "running" });
    shown.hear({ kind: "stopped" });
    await settled();
    expect(shown.pictures.environments?.before?.step).toBe(session.step - 1);
  }
});

test("a second stop at the same step keeps what it was compared with", async () => {
  const { shown, session } = await stopped();
  session.step = 2;
  shown.hear({ kind: "stopped" });
  await settled();
  shown.hear({ kind: "stopped", threadId: SERVER });
  await settled();
  expect(shown.pictures.environments).toMatchObject({ now: { step: 2 }, before: { step: 1 } });
});

test("an answer that comes after the machine ran on is dropped, and the new stop is read", async () => {
  const { shown, session } = await stopped();
  session.isHeld = true;
  session.step = 2;
  shown.hear({ kind: "stopped" });
  shown.hear({ kind: "running" });
  session.step = 3;
  shown.hear({ kind: "stopped" });
  session.release();
  await settled();
  expect(shown.pictures.environments).toMatchObject({ now: { step: 3 }, before: { step: 1 } });
});

test("the picture stays while the machine runs", async () => {
  vi.useFakeTimers();
  try {
    const session = new FakeSession();
    const model = new KernelModel();
    model.want("environments", true);
    const shown = model.begin(session);
    shown.hear({ kind: "stopped" });
    await vi.advanceTimersByTimeAsync(1);
    const heard = vi.fn();
    model.onDidChange(heard);
    shown.hear({ kind: "running" });
    expect(shown.pictures.environments).toBeDefined();
    expect(heard).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1000);
    expect(heard).toHaveBeenCalledOnce();
    expect(model.phase).toBe("running");
  } finally {
    vi.useRealTimers();
  }
});

test("the focus is the environment of the frame, also across a transfer", async () => {
  const { shown } = await stopped();
  expect(shown.focused).toBe(CLIENT);
  const frames = [
    { id: 1, name: "serve", isBoundary: false },
    { id: 2, name: `protected control transfer from client (env ${CLIENT})`, isBoundary: true },
    { id: 3, name: "main", isBoundary: false },
  ];
  shown.hear({ kind: "frames", threadId: SERVER, start: 0, frames });
  shown.focus(SERVER, 1);
  expect(shown.focused).toBe(SERVER);
  shown.focus(SERVER, 3);
  expect(shown.focused).toBe(CLIENT);
});

test("the focus on a thread of a libOS is its environment", async () => {
  const session = new FakeSession();
  session.customRequest = async () =>
    environmentsAt(1, [environment({ threads: [{ id: 77, name: "worker", state: "ready" }] })]);
  const { shown } = await stopped(session);
  shown.focus(77, undefined);
  expect(shown.focused).toBe(CLIENT);
  shown.hear({
    kind: "frames",
    threadId: 77,
    start: 0,
    frames: [{ id: 1, name: "works", isBoundary: false }],
  });
  shown.focus(77, 1);
  expect(shown.focused).toBe(CLIENT);
});

test("asking for a part that no view shows reads it for this stop only", async () => {
  const { shown, session } = await stopped();
  await shown.ensure("pages");
  expect(shown.pictures.pages?.now.step).toBe(1);
  session.asked.length = 0;
  session.step = 2;
  shown.hear({ kind: "stopped" });
  await settled();
  expect(session.asked).toEqual(["exo/environments"]);
});

test("what the adapter refuses is said and does not end the reading", async () => {
  const { shown, session } = await stopped();
  const answer = session.customRequest.bind(session);
  session.customRequest = () => Promise.reject(new Error("not now"));
  shown.hear({ kind: "stopped" });
  await settled();
  expect(shown.problem).toBe("not now");
  session.customRequest = answer;
  shown.hear({ kind: "stopped" });
  await settled();
  expect(shown.problem).toBeUndefined();
});

test("when the shown session ends, another one is shown, or none", async () => {
  const { model } = await stopped();
  model.begin(new FakeSession("two"));
  expect(model.shown?.session.id).toBe("two");
  model.end("two");
  expect(model.shown?.session.id).toBe("one");
  model.end("one");
  expect(model.phase).toBe("none");
});
