// Writes docs/keys.md: every command with its key, from package.json.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** `shift+alt+x shift+b` as a person writes it. */
const written = (key) =>
  key
    .split(" ")
    .map((stroke) =>
      stroke
        .split("+")
        .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
        .join("+"),
    )
    .join(" ");

const PANELS = { pageMap: "page map", capabilityGraph: "capability graph", timeline: "timeline" };

/** Where a key works, by what its condition names. */
function placeOf(when = "", views) {
  const one = /focusedView == (exoscope\.\w+)/.exec(when)?.[1];
  const panel = /activeWebviewPanelId == exoscope\.(\w+)/.exec(when)?.[1];
  if (one !== undefined) return `in ${views.get(one) ?? one}`;
  if (panel !== undefined) return `in the ${PANELS[panel] ?? panel}`;
  if (when.includes("focusedView")) return "in a view";
  if (when.includes("inLesson")) return "in a lesson";
  if (/inSession|(^|[^!])inDebugMode/.test(when)) return "while debugging";
  return "";
}

export function keysPage(manifest) {
  const { commands, keybindings } = manifest.contributes;
  const views = new Map(
    Object.values(manifest.contributes.views).flatMap((list) =>
      list.map(({ id, name }) => [id, name]),
    ),
  );
  const rows = commands.map(({ command, title }) => {
    const bound = keybindings.filter((each) => each.command === command);
    const places = new Set(bound.map(({ when }) => placeOf(when, views)).filter(Boolean));
    const keys = new Set(bound.map(({ key }) => written(key)));
    return [title, [...keys].join(" or "), [...places].join(", ")];
  });
  const head = ["command", "key", "where"];
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i].length)));
  const line = (cells) => `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(" | ")} |`;
  return `# Commands and keys

Made from package.json by \`node tools/generate-keys.mjs\`. All commands are in the palette as _Exoscope: ..._; every key can be changed in _Preferences: Open Keyboard
Shortcuts_. After Shift+Alt+X comes one more key. Commands about a row are about the one that was chosen last. VS Code's own keys of debugging are as everywhere.

${[line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n")}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const manifest = JSON.parse(readFileSync(`${root}/package.json`, "utf8"));
  writeFileSync(`${root}/docs/keys.md`, keysPage(manifest));
}
