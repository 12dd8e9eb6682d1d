export type ThemeName = "Dark Modern";
export const THEMES: Readonly<Record<ThemeName, { kind: string; variables: string }>> = {
  "Dark Modern": {
    kind: "vscode-dark",
    variables:
      "--vscode-editor-background:#1f1f1f;--vscode-editor-foreground:#cccccc;--vscode-foreground:#cccccc;--vscode-charts-blue:#3794ff;--vscode-charts-orange:#d18616;--vscode-charts-green:#89d185;--vscode-charts-purple:#b180d7;--vscode-charts-yellow:#cca700;--vscode-charts-red:#f14c4c;--vscode-font-family:sans-serif;--vscode-font-size:13px;--vscode-focusBorder:#0078d4",
  },
};
