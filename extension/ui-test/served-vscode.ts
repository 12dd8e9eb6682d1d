/** A code-server of its own with the extension in it, and settings that keep a test quiet. */
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
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
  // Drawn as text rather than as pixels.
  "terminal.integrated.gpuAcceleration": "off",
};

/** To install a VSIX takes VS Code some seconds, and to copy what came of it none: one is kept for all files of tests. */
const INSTALLED = resolve(import.meta.dirname, "../../out/installed-extension");
const LIST = "extensions.json";

/** The folder of extensions in which VS Code has installed this very file. */
async function installedOnce(entry: string, vsix: string): Promise<string> {
  const digest = createHash("sha256")
    .update(await readFile(vsix))
    .digest("hex");
  const folder = join(INSTALLED, digest);
  const isThere = await readFile(join(folder, LIST)).then(
    () => true,
    () => false,
  );
  if (isThere) return folder;
  await rm(INSTALLED, { recursive: true, force: true });
  const work = join(INSTALLED, "installing");
  await installExtension({
    entry,
    vsix,
    dataFolder: join(INSTALLED, "data"),
    extensionsFolder: work,
    logFile: join(INSTALLED, "install.log"),
  });
  await rename(work, folder);
  return folder;
}

/** VS Code's list of what is installed has whole paths. */
async function copyInstalled(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true });
  const list = JSON.parse(await readFile(join(to, LIST), "utf8")) as {
    relativeLocation: string;
    location: unknown;
  }[];
  const moved = list.map((each) => ({
    ...each,
    location: { $mid: 1, path: join(to, each.relativeLocation), scheme: "file" },
  }));
  await writeFile(join(to, LIST), JSON.stringify(moved));
}

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
  await copyInstalled(await installedOnce(folders.entry, vsix), folders.extensionsFolder);
  return startCodeServer({ ...folders, port: await freePort(), gallery: false });
}
