/** Where one is in the history, in the status bar while a program stands: how far, on which branch, whether something was altered. */
import * as vscode from "vscode";
import type { KernelModel } from "./kernel-model.ts";
import { whereWords } from "./views/history.ts";

export function showHistoryStatus(model: KernelModel): vscode.Disposable {
  const item = vscode.window.createStatusBarItem(
    "exoscope.history",
    vscode.StatusBarAlignment.Left,
    50,
  );
  item.name = "Exoscope History";
  item.command = "exoscope.goToStep";
  model.wantAlways("history");
  const draw = () => {
    const history = model.shown?.pictures.history?.now;
    if (history === undefined || model.phase !== "stopped") {
      item.hide();
      return;
    }
    item.text = `$(history) ${whereWords(history)}`;
    item.tooltip = history.isAltered
      ? "A debugger has changed something in this run. Click to go to a step."
      : "Click to go to a step.";
    item.accessibilityInformation = { label: `History: ${whereWords(history)}` };
    item.show();
  };
  const undo = model.onDidChange(draw);
  draw();
  return vscode.Disposable.from(undo, item);
}
