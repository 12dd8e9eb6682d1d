/** Commands of rows: to the clipboard, to the call stack, breakpoints, and the links between the views. */
import * as vscode from "vscode";
import { breakOff, breakOn, WATCHES } from "./break-on.ts";
import type { KernelModel } from "./kernel-model.ts";
import { asText, type Row, type Subject } from "./views/row.ts";
import type { KernelTree } from "./views/tree.ts";

/** Asks the adapter to send a `stopped` event for one environment, which makes VS Code's call stack choose it. */
const FOCUS_REQUEST = "exo/focus";

export interface Trees {
  readonly environments: KernelTree;
  readonly capabilities: KernelTree;
  readonly pages: KernelTree;
  readonly slices: KernelTree;
  readonly bindings: KernelTree;
  readonly extents: KernelTree;
  readonly history: KernelTree;
}

/** What a link leads to, in which view, and what is said when it isn't there. */
type Link = (trees: Trees, subject: Subject) => { tree: KernelTree; id: string; what: string };

const LINKS: Readonly<Record<string, Link>> = {
  "exoscope.showEnvironment": ({ environments }, { environment }) => ({
    tree: environments,
    id: `env:${environment}`,
    what: `environment ${environment}`,
  }),
  "exoscope.showTable": ({ capabilities }, { environment }) => ({
    tree: capabilities,
    id: `table:${environment}`,
    what: `a capability of environment ${environment}`,
  }),
  "exoscope.showCapability": ({ capabilities }, { environment, slot }) => ({
    tree: capabilities,
    id: `capability:${environment}/${slot}`,
    what: `slot ${slot} of environment ${environment}`,
  }),
  "exoscope.showParent": ({ capabilities }, { parent }) => ({
    tree: capabilities,
    id: `capability:${parent?.environment}/${parent?.slot}`,
    what: "the capability that it was derived from",
  }),
  "exoscope.showPage": ({ pages }, { frame = 0 }) => ({
    tree: pages,
    id: `page:0x${frame.toString(16)}`,
    what: `frame 0x${frame.toString(16)}`,
  }),
  "exoscope.showPages": ({ pages }, { environment }) => ({
    tree: pages,
    id: `owner:${environment}`,
    what: `a page of environment ${environment}`,
  }),
};

/** Registers the commands; `linked` hears of every link that was followed. */
export function registerRowCommands(
  trees: Trees,
  model: KernelModel,
  linked: (command: string) => void,
): vscode.Disposable[] {
  const register = (command: string, run: (row: Row) => unknown) =>
    vscode.commands.registerCommand(command, (row?: Row) => {
      const chosen = row ?? chosenRow(trees);
      return chosen === undefined ? undefined : run(chosen);
    });
  return [
    ...Object.entries(LINKS).map(([command, link]) =>
      register(command, async ({ subject }) => {
        if (subject === undefined) return;
        const { tree, id, what } = link(trees, subject);
        if (await tree.reveal((row) => row.id === id)) linked(command);
        else await vscode.window.showInformationMessage(`There is no ${what} at this stop.`);
      }),
    ),
    ...Object.keys(WATCHES).map((command) =>
      register(command, ({ subject }) => breakOn(model, command, subject)),
    ),
    vscode.commands.registerCommand("exoscope.breakOff", () => breakOff(model)),
    register("exoscope.copyRow", ({ label, description }) =>
      vscode.env.clipboard.writeText(
        [label, description].filter((part) => part !== undefined).join("  "),
      ),
    ),
    register("exoscope.copySubtree", (row) => vscode.env.clipboard.writeText(asText([row]))),
    register("exoscope.focusThread", ({ subject }) => focusThread(model, subject)),
  ];
}

/** For a command that came from the palette or a key: the chosen row of the view in which the user last chose one. */
export function chosenRow(trees: Trees): Row | undefined {
  return Object.values(trees)
    .filter(({ view }) => view.visible)
    .sort((a, b) => b.usedAt - a.usedAt)
    .flatMap(({ view }) => view.selection)[0];
}

/** A command for each tree that asks for a word and shows at every letter what it leaves. */
export function registerFilters(trees: Trees): vscode.Disposable[] {
  const filter = (tree: KernelTree) => {
    const was = tree.filter;
    const box = vscode.window.createInputBox();
    box.title = `${tree.view.title ?? "View"}: only rows that have`;
    box.placeholder = "A word; nothing shows all rows";
    box.value = was;
    let isAccepted = false;
    box.onDidChangeValue((value) => {
      tree.filter = value;
    });
    box.onDidAccept(() => {
      isAccepted = true;
      tree.filter = box.value;
      box.hide();
    });
    box.onDidHide(() => {
      if (!isAccepted) tree.filter = was;
      box.dispose();
    });
    box.show();
  };
  return FILTERS.map(([command, of]) =>
    vscode.commands.registerCommand(command, () => filter(of(trees))),
  );
}

const FILTERS: readonly (readonly [command: string, of: (trees: Trees) => KernelTree])[] = [
  ["exoscope.filterEnvironments", ({ environments }) => environments],
  ["exoscope.filterCapabilities", ({ capabilities }) => capabilities],
  ["exoscope.filterPages", ({ pages }) => pages],
  ["exoscope.filterSlices", ({ slices }) => slices],
  ["exoscope.filterBindings", ({ bindings }) => bindings],
  ["exoscope.filterExtents", ({ extents }) => extents],
  ["exoscope.filterHistory", ({ history }) => history],
];

/** Makes the call stack follow: no command of VS Code chooses a thread, so the adapter tells it where to look. */
async function focusThread(model: KernelModel, subject: Subject | undefined): Promise<void> {
  if (subject?.environment === undefined) return;
  const { environment } = subject;
  try {
    await model.shown?.session.customRequest(FOCUS_REQUEST, { environment });
  } catch {
    await vscode.commands.executeCommand("workbench.debug.action.focusCallStackView");
  }
}
