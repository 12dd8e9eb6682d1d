/** A colour and a letter at the end of a changed row, beside the word in its description: never colour alone. */
import * as vscode from "vscode";
import type { ChangeKind } from "./changes.ts";

const SCHEME = "exoscope-change";

const DECORATIONS: Record<ChangeKind, { badge: string; color: string; tooltip: string }> = {
  new: {
    badge: "N",
    color: "gitDecoration.addedResourceForeground",
    tooltip: "New since the last stop",
  },
  changed: {
    badge: "C",
    color: "gitDecoration.modifiedResourceForeground",
    tooltip: "Changed since the last stop",
  },
  gone: {
    badge: "G",
    color: "gitDecoration.deletedResourceForeground",
    tooltip: "Gone since the last stop",
  },
};

/** The address that a row carries so that it is decorated; each row has its own. */
export const changeUri = (kind: ChangeKind, rowId: string): vscode.Uri =>
  vscode.Uri.from({ scheme: SCHEME, authority: kind, path: `/${rowId}` });

export const registerChangeDecorations = (): vscode.Disposable =>
  vscode.window.registerFileDecorationProvider({
    provideFileDecoration({ scheme, authority }) {
      if (scheme !== SCHEME || !(authority in DECORATIONS)) return undefined;
      const { badge, color, tooltip } = DECORATIONS[authority as ChangeKind];
      return new vscode.FileDecoration(badge, tooltip, new vscode.ThemeColor(color));
    },
  });
