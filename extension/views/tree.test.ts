import { expect, test } from "vitest";
import { KernelModel } from "../kernel-model.ts";
import { CLIENT, environment, environmentsAt, SERVER, server } from "../testing/kernel-state.ts";
import { type StubTreeView, stub } from "../testing/vscode-stub.ts";
import { environmentsTree } from "./all-trees.ts";
import type { Row } from "./row.ts";

/** An environment beside the client and the server. */
const THIRD = 1028;

const settled = () => new Promise((resolve) => setTimeout(resolve));

function made(others: readonly ReturnType<typeof environment>[] = []) {
  const model = new KernelModel();
  const tree = environmentsTree(model);
  const view = stub.treeViews.get("exoscope.environments") as StubTreeView;
  let step = 0;
  const session = {
    id: "s",
    asked: 0,
    async customRequest() {
      session.asked += 1;
      step += 1;
      return environmentsAt(step * 1000, [environment(), server(), ...others]);
    },
  };
  let drawn = 0;
  tree.onDidChangeTreeData(() => {
    drawn += 1;
  });
  const shown = model.begin(session);
  const stop = async () => {
    shown.hear({ kind: "stopped", threadId: CLIENT });
    await settled();
  };
  return { model, tree, view, session, shown, stop, drawings: () => drawn };
}

test("a stop fills the tree, names the step and shows the environment in focus", async () => {
  const { tree, view, stop } = made();
  expect(view.description).toBe("running");
  await stop();
  expect(view.description).toBe("step 1,000");
  const rows = tree.getChildren();
  expect(rows.map(({ id }) => id)).toEqual([`env:${CLIENT}`, `env:${SERVER}`]);
  await expect.poll(() => view.revealed.at(-1)).toBe(rows[0]);
});

test("choosing another environment's frame reveals that one", async () => {
  const { tree, view, shown, stop } = made();
  await stop();
  shown.focus(SERVER, undefined);
  await expect.poll(() => view.revealed.at(-1)).toBe(tree.getChildren()[1]);
});

test("a tree that forgets what was chosen while it was drawn anew is told again", async () => {
  const { tree, view, shown, stop } = made();
  await stop();
  await expect.poll(() => view.selection).toEqual([tree.getChildren()[0]]);
  view.forgets = 2;
  shown.focus(SERVER, undefined);
  await expect.poll(() => view.selection).toEqual([tree.getChildren()[1]]);
});

test("a focus that moves on before its row was chosen does not take that row for the user's choice", async () => {
  const { tree, view, shown, stop } = made();
  await stop();
  shown.focus(SERVER, undefined);
  const [client, its] = tree.getChildren();
  // What was on its way for the first focus arrives late.
  view.selection = [client];
  await expect.poll(() => view.selection).toEqual([its]);
});

test("what the user chooses while a row is about to be revealed stays chosen", async () => {
  const { tree, view, shown, stop } = made();
  await stop();
  await expect.poll(() => view.selection).toEqual([tree.getChildren()[0]]);
  view.forgets = 1;
  shown.focus(SERVER, undefined);
  await expect.poll(() => view.forgets).toBe(0);
  const [child] = tree.getChildren(tree.getChildren()[1]);
  view.selection = [child];
  const revealed = view.revealed.length;
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect([view.selection, view.revealed.length]).toEqual([[child], revealed]);
});

test("what an earlier stop chose and a slow machine shows late does not stay chosen, nor count as the user's choice", async () => {
  const { tree, view, shown, stop } = made();
  await stop();
  shown.focus(SERVER, undefined);
  await expect.poll(() => view.selection).toEqual([tree.getChildren()[1]]);
  view.onTheWay = [];
  const { onTheWay } = view;
  await stop();
  await expect.poll(() => onTheWay.length).toBe(1);
  shown.focus(SERVER, undefined);
  // Long enough to find the server's row still chosen.
  await new Promise((resolve) => setTimeout(resolve, 300));
  const chosen: string[] = [];
  view.onDidChangeSelection(() => {
    chosen.push(...view.selection.map((row) => (row as Row).id));
  });
  view.onTheWay = undefined;
  onTheWay[0]!();
  await expect.poll(() => chosen).toEqual([`env:${CLIENT}`, `env:${SERVER}`]);
  expect(tree.usedAt).toBe(0);
});

test("of three stops in a row the last one's row is chosen, though the first one's arrives in between", async () => {
  const { tree, view, shown, stop } = made([environment({ id: THIRD, name: "third" })]);
  await stop();
  await expect.poll(() => view.selection).toEqual([tree.getChildren()[0]]);
  view.onTheWay = [];
  const { onTheWay } = view;
  shown.focus(SERVER, undefined);
  await expect.poll(() => onTheWay.length).toBe(1);
  shown.focus(CLIENT, undefined);
  shown.focus(THIRD, undefined);
  view.onTheWay = undefined;
  onTheWay[0]!();
  await expect.poll(() => view.selection).toEqual([tree.getChildren()[2]]);
});

test("a row that was to be chosen when its view was hidden is chosen when that is shown again", async () => {
  const { tree, view, shown, stop } = made();
  await stop();
  await expect.poll(() => view.selection).toEqual([tree.getChildren()[0]]);
  shown.focus(SERVER, undefined);
  view.setVisible(false);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(view.selection).toEqual([expect.objectContaining({ id: `env:${CLIENT}` })]);
  view.setVisible(true);
  await expect.poll(() => view.selection).toEqual([tree.getChildren()[1]]);
});

test("what the user clicks is the last row that was used, also while another is about to be chosen", async () => {
  const { tree, view, shown, stop } = made();
  await stop();
  await expect.poll(() => view.selection).toEqual([tree.getChildren()[0]]);
  expect(tree.usedAt).toBe(0);
  shown.focus(SERVER, undefined);
  const [child] = tree.getChildren(tree.getChildren()[1]);
  view.choose(child);
  expect(tree.usedAt).toBeGreaterThan(0);
});

test("a hidden view neither asks nor draws, and catches up when it is shown", async () => {
  const { view, session, stop, drawings } = made();
  view.setVisible(false);
  const before = drawings();
  await stop();
  expect([session.asked, drawings()]).toEqual([0, before]);
  view.setVisible(true);
  await settled();
  expect(session.asked).toBe(1);
  expect(drawings()).toBeGreaterThan(before);
});

test("rows keep their identity and know their parents, so that links can reveal them", async () => {
  const { tree, stop } = made();
  await stop();
  const [row] = tree.getChildren();
  const [child] = tree.getChildren(row);
  expect(tree.getChildren(row)[0]).toBe(child);
  expect(tree.getParent(child!)).toBe(row);
});

test("when the session ends the view is empty again", async () => {
  const { model, tree, stop, view } = made();
  await stop();
  model.end("s");
  expect(tree.getChildren()).toEqual([]);
  expect(view.description).toBe("");
});

test("an item has an id, an icon, a spoken label and its tooltip only on demand", async () => {
  const { tree, stop } = made();
  await stop();
  const [row] = tree.getChildren();
  const item = tree.getTreeItem(row!);
  expect(item).toMatchObject({
    id: `env:${CLIENT}`,
    description: "running · main client.c:12",
    iconPath: { id: "debug-stackframe-focused" },
    accessibilityInformation: { label: "client (env 514), running, main client.c:12, in focus" },
    label: "client (env 514)",
  });
  expect(item.tooltip).toBeUndefined();
  expect(tree.resolveTreeItem(item, row!).tooltip).toHaveProperty(
    "value",
    expect.stringContaining("environment 514"),
  );
});

test("weakened guards stand above the environments at every stop", async () => {
  const { view, session, stop } = made();
  await stop();
  expect(view.message).toBe("");
  session.customRequest = async () => ({
    ...environmentsAt(9000, [environment()]),
    weakened: ["rights do not grow"],
  });
  await stop();
  expect(view.message).toMatch(/^\u26a0 Weakened guard: 'rights do not grow'/);
});

test("a filter leaves the rows that have its word, and the title says so; a link to a hidden row takes it away", async () => {
  const { tree, view, stop } = made();
  await stop();
  tree.filter = "server";
  expect(tree.getChildren().map(({ id }) => id)).toEqual([`env:${SERVER}`]);
  expect(view.description).toBe('step 1,000 · only "server"');
  await stop();
  expect(view.description).toBe('step 2,000 · only "server"');
  expect(await tree.reveal(({ id }) => id === `env:${CLIENT}`)).toBe(true);
  expect([tree.filter, tree.getChildren().length]).toEqual(["", 2]);
});

test("what the user chose stays chosen when a filter changes the rows above it", async () => {
  const { tree, view, shown, stop } = made();
  await stop();
  await expect.poll(() => view.selection).toEqual([tree.getChildren()[0]]);
  tree.filter = "0x10040";
  const [above] = tree.getChildren();
  expect(above?.id).not.toBe(`env:${CLIENT}`);
  const [child] = tree.getChildren(above);
  view.selection = [child];
  const revealed = view.revealed.length;
  shown.keepAnswer({ title: "An answer", items: [], askedAt: { branch: 0, step: 1, event: 1 } });
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect([view.selection, view.revealed.length]).toEqual([[child], revealed]);
});
