/** Commands of rows: to the clipboard, to the call stack, breakpoints, and the links between the views. */
import * as vscode from "vscode";
import { breakOff, breakOn, WATCHES } from "./break-on.ts";
import type { KernelModel } from "./kernel-model.ts";
import { isNot, rowCommand } from "./row-command.ts";
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

/** What a link leads to, in which view, and what is said when it isn't there; undefined from a row that is about something else. */
interface Link {
  readonly from: string;
  readonly to: (
    trees: Trees,
    subject: Subject,
  ) => { readonly tree: KernelTree; readonly id: string; readonly what: string } | undefined;
}

const AN_ENVIRONMENT = "an environment";
const LINKS: Readonly<Record<string, Link>> = {
  "exoscope.showEnvironment": {
    from: AN_ENVIRONMENT,
    to: ({ environments }, { environment }) =>
      environment === undefined
        ? undefined
        : {
            tree: environments,
            id: `env:${environment}`,
            what: `environment ${environment}`,
          },
  },
  "exoscope.showTable": {
    from: AN_ENVIRONMENT,
    to: ({ capabilities }, { environment }) =>
      environment === undefined
        ? undefined
        : {
            tree: capabilities,
            id: `table:${environment}`,
            what: `a capability of environment ${environment}`,
          },
  },
  "exoscope.showCapability": {
    from: "something that a capability stands for",
    to: ({ capabilities }, { environment, slot }) =>
      environment === undefined || slot === undefined
        ? undefined
        : {
            tree: capabilities,
            id: `capability:${environment}/${slot}`,
            what: `slot ${slot} of environment ${environment}`,
          },
  },
  "exoscope.showParent": {
    from: "a capability that was derived from another",
    to: ({ capabilities }, { parent }) =>
      parent === undefined
        ? undefined
        : {
            tree: capabilities,
            id: `capability:${parent.environment}/${parent.slot}`,
            what: "the capability that it was derived from",
          },
  },
  "exoscope.showPage": {
    from: "a page",
    to: ({ pages }, { frame }) =>
      frame === undefined
        ? undefined
        : {
            tree: pages,
            id: `page:0x${frame.toString(16)}`,
            what: `frame 0x${frame.toString(16)}`,
          },
  },
  "exoscope.showPages": {
    from: AN_ENVIRONMENT,
    to: ({ pages }, { environment }) =>
      environment === undefined
        ? undefined
        : {
            tree: pages,
            id: `owner:${environment}`,
            what: `a page of environment ${environment}`,
          },
  },
};

/** Registers the commands; `linked` hears of every link that was followed. */
export function registerRowCommands(
  trees: Trees,
  model: KernelModel,
  linked: (command: string) => void,
): vscode.Disposable[] {
  const register = (command: string, run: (row: Row) => unknown) =>
    rowCommand(command, () => chosenRow(trees), run);
  return [
    ...Object.entries(LINKS).map(([command, { from, to }]) =>
      register(command, async (row) => {
        const found = to(trees, row.subject ?? {});
        if (found === undefined) return isNot(row, from);
        if (await found.tree.reveal(({ id }) => id === found.id)) return linked(command);
        const sentence = `There is no ${found.what} at this stop.`;
        return vscode.window.showInformationMessage(sentence);
      }),
    ),
    ...Object.entries(WATCHES).map(([command, watch]) =>
      register(command, (row) => {
        const dataId = watch.of(row.subject ?? {});
        return dataId === undefined ? isNot(row, watch.what) : breakOn(model, dataId);
      }),
    ),
    vscode.commands.registerCommand("exoscope.breakOff", () => breakOff(model)),
    register("exoscope.copyRow", ({ label, description }) =>
      vscode.env.clipboard.writeText(
        [label, description].filter((part) => part !== undefined).join("  "),
      ),
    ),
    register("exoscope.copySubtree", (row) => vscode.env.clipboard.writeText(asText([row]))),
    register("exoscope.focusThread", (row) => {
      const { environment } = row.subject ?? {};
      return environment === undefined
        ? isNot(row, AN_ENVIRONMENT)
        : focusThread(model, environment);
    }),
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
async function focusThread(model: KernelModel, environment: number): Promise<void> {
  try {
    await model.shown?.session.customRequest(FOCUS_REQUEST, { environment });
  } catch {
    await vscode.commands.executeCommand("workbench.debug.action.focusCallStackView");
  }
}
