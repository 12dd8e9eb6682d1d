/** Commands about a row: from its menu that row, from the palette or a key the one that was chosen last. */
import * as vscode from "vscode";
import type { Row } from "./views/row.ts";

/** Registers one. Where no row is chosen, that is said. */
export function rowCommand(
  command: string,
  chosen: () => Row | undefined,
  run: (row: Row) => unknown,
): vscode.Disposable {
  return vscode.commands.registerCommand(command, (row?: Row) => {
    const meant = row ?? chosen();
    if (meant !== undefined) return run(meant);
    return vscode.window.showInformationMessage("Choose a row of one of the kernel's views first.");
  });
}

/** Says that a row is not of the kind that a command is for: `a page`. */
export const isNot = ({ label }: Row, what: string): Thenable<unknown> =>
  vscode.window.showInformationMessage(`'${label}' is not about ${what}; choose a row that is.`);
