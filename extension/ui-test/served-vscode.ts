/** A code-server of its own with the extension in it, and settings that keep a test quiet. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  freePort,
  installCodeServer,
  installExtension,
  type RunningServer,
  startCodeServer,
} from "../../tools/code-server.mjs";

const QUIET_SETTINGS = {
  "workbench.startupEditor": "none",
  "workbench.tree.enableStickyScroll": false,
  "workbench.enableExperiments": false,
  "workbench.tips.enabled": false,
  "workbench.reduceMotion": "on",
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "telemetry.telemetryLevel": "off",
  "chat.commandCenter.enabled": false,
  "git.enabled": false,
  "editor.cursorBlinking": "solid",
  "editor.minimap.enabled": false,
  "workbench.list.mouseWheelScrollSensitivity": 2,
  "workbench.list.fastScrollSensitivity": 4,
  "window.customMenuBarAltFocus": false,
  // Drawn as text rather than as pixels.
  "terminal.integrated.gpuAcceleration": "off",
};

/** Starts it; all that it writes is in `folder`. */
export async function serve(
  folder: string,
  vsix: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<RunningServer> {
  const folders = {
    entry: await installCodeServer(),
    dataFolder: join(folder, "data"),
    extensionsFolder: join(folder, "extensions"),
    logFile: join(folder, "code-server.log"),
  };
  await mkdir(join(folders.dataFolder, "User"), { recursive: true });
  await writeFile(
    join(folders.dataFolder, "User/settings.json"),
    JSON.stringify({ ...QUIET_SETTINGS, ...settings }),
  );
  await installExtension({ ...folders, vsix });
  return startCodeServer({ ...folders, port: await freePort(), gallery: false });
}
