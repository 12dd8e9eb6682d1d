/** A run with weakened guards is never to be taken for one of the kernel as it is: red in the status bar, and a line above the view. */
import * as vscode from "vscode";
import type { KernelModel } from "./kernel-model.ts";

/** What stands above the Environments view; undefined for a run like any other. */
export function weakenedMessage(guards: readonly string[]): string | undefined {
  if (guards.length === 0) return undefined;
  const names = guards.map((name) => `'${name}'`).join(", ");
  return `\u26a0 Weakened guard${guards.length === 1 ? "" : "s"}: ${names}. What this run shows, the kernel as it is would have refused.`;
}

export function showWeakenedStatus(model: KernelModel): vscode.Disposable {
  const item = vscode.window.createStatusBarItem(
    "exoscope.weakened",
    vscode.StatusBarAlignment.Left,
    60,
  );
  item.name = "Exoscope Weakened Guards";
  item.backgroundColor = new vscode.ThemeColor("statusBarItem.errorBackground");
  item.command = "exoscope.environments.focus";
  const draw = () => {
    // The history is read at every stop, whatever view is visible.
    const message = weakenedMessage(model.shown?.pictures.history?.now.weakened ?? []);
    if (message === undefined) {
      item.hide();
      return;
    }
    item.text = "$(warning) Guards weakened";
    item.tooltip = message;
    item.accessibilityInformation = { label: message };
    item.show();
  };
  const undo = model.onDidChange(draw);
  draw();
  return vscode.Disposable.from(undo, item);
}
