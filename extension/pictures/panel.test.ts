import { beforeEach, expect, test } from "vitest";
import { Uri } from "vscode";
import { KernelModel } from "../kernel-model.ts";
import { CLIENT, environment, environmentsAt, page, pagesAt } from "../testing/kernel-state.ts";
import { stub, window } from "../testing/vscode-stub.ts";
import { type Picture, PictureHost } from "./panel.ts";

const heard: unknown[] = [];
let step = 100;

const picture: Picture<{ step: number | undefined }, string, string> = {
  name: "page-map",
  id: "exoscope.test",
  title: "A Picture",
  parts: ["pages"],
  bodyOf: ({ step: at }) => ({ step: at }),
  heard: (wish, order) => {
    heard.push(wish);
    order(`done: ${wish}`);
  },
};

const session = {
  id: "1",
  customRequest: async (command: string) =>
    command === "exo/pages" ? pagesAt(step, [page()]) : environmentsAt(step, [environment()]),
};

function opened() {
  const model = new KernelModel();
  const host = new PictureHost(picture, model, Uri.file("/extension"), "editor");
  host.show();
  const panel = stub.panels.at(-1)!;
  return { model, host, panel };
}

const stopAt = async (model: KernelModel, at: number) => {
  step = at;
  model.shown!.hear({ kind: "running" });
  model.shown!.hear({ kind: "stopped", threadId: CLIENT });
  await model.shown!.ensure("environments");
  await new Promise((resolve) => setTimeout(resolve, 5));
};

beforeEach(() => {
  stub.panels.length = 0;
  heard.length = 0;
});

test("a page that is ready gets the state, and the newest at each stop", async () => {
  const { model, panel } = opened();
  panel.say({ kind: "ready" });
  model.begin(session);
  await stopAt(model, 100);
  await stopAt(model, 200);
  const bodies = panel.posted.filter(({ kind }) => kind === "body");
  expect(bodies[0]).toEqual({ kind: "body", body: undefined, phase: "none" });
  expect(bodies.at(-1)).toEqual({ kind: "body", body: { step: 200 }, phase: "stopped" });
});

test("a hidden page is told nothing and asks the adapter for nothing, and gets everything when it is back", async () => {
  const { model, panel } = opened();
  panel.say({ kind: "ready" });
  model.begin(session);
  await stopAt(model, 100);
  panel.setVisible(false);
  const before = panel.posted.length;
  await stopAt(model, 200);
  expect(panel.posted).toHaveLength(before);
  panel.setVisible(true);
  panel.say({ kind: "ready" });
  await stopAt(model, 300);
  expect(panel.posted.at(-1)).toMatchObject({ body: { step: 300 } });
});

test("wishes are heard and answered; orders wait for a page that is still loading", async () => {
  const { host, panel } = opened();
  host.order("go");
  expect(panel.posted).toEqual([]);
  panel.say({ kind: "ready" });
  panel.say({ kind: "wish", wish: "history" });
  expect(heard).toEqual(["history"]);
  const orders = panel.posted.filter(({ kind }) => kind === "order");
  expect(orders).toEqual([
    { kind: "order", order: "go" },
    { kind: "order", order: "done: history" },
  ]);
});

test("the page runs only its own script, by a nonce that no other page has", () => {
  const pages = [opened(), opened()].map(({ panel }) => panel.webview.html);
  const nonces = pages.map((html) => /script-src 'nonce-([^']+)'/.exec(html)?.[1]);
  expect(nonces[0]).toBeTruthy();
  expect(nonces[0]).not.toBe(nonces[1]);
  expect(pages[0]).toContain("default-src 'none'");
  expect(pages[0]).not.toMatch(/unsafe|https?:/);
  expect(pages[0]?.match(/<script/g)).toHaveLength(1);
});

test("a second show brings the same panel to light, and one that was closed is opened anew", () => {
  const { host, panel } = opened();
  host.show();
  expect(stub.panels).toHaveLength(1);
  expect(panel.reveals).toBe(1);
  panel.close();
  host.show();
  expect(stub.panels).toHaveLength(2);
});

test("beside a source it has a group of its own, in which no source that one travels to opens", () => {
  const locks = () => stub.commands.filter(([name]) => name === "workbench.action.lockEditorGroup");
  opened();
  expect(locks()).toEqual([]);
  window.activeTextEditor = {};
  opened();
  expect(locks()).toHaveLength(1);
  window.tabGroups.all = [{ tabs: [] }, { tabs: [] }];
  opened();
  expect(locks()).toHaveLength(1);
});
