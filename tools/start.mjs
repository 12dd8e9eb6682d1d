/**
 * `npm start`: builds Exoscope and opens it on the sample workspace, in VS Code if `code` is on the PATH, or else in the
 * browser. `npm start -- FOLDER` opens another folder.
 *
 * EXOSCOPE_EDITOR=code|browser chooses. EXOSCOPE_PORT says where the browser version listens, on 127.0.0.1.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import {
  cacheFolder,
  freePort,
  installCodeServer,
  installExtension,
  npmScript,
  onPath,
  reportAndExit,
  startCodeServer,
  UserError,
} from "./code-server.mjs";

const REPOSITORY = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const USUAL_PORT = 8081;

const FIRST_SETTINGS = {
  "workbench.startupEditor": "none",
  "telemetry.telemetryLevel": "off",
  "extensions.ignoreRecommendations": true,
};

async function main() {
  if (!existsSync(join(REPOSITORY, "node_modules"))) {
    throw new UserError("The packages that the build needs are missing: run npm ci first.");
  }
  const folder = resolve(process.argv[2] ?? join(REPOSITORY, "test-workspace"));
  if (!existsSync(folder)) throw new UserError(`There is no folder ${folder}.`);
  if (editor() === "code") await openInCode(folder);
  else await serveInBrowser(folder);
}

function editor() {
  const wanted = process.env.EXOSCOPE_EDITOR ?? "";
  if (wanted === "") return onPath("code") ? "code" : "browser";
  if (wanted !== "code" && wanted !== "browser") {
    throw new UserError(`EXOSCOPE_EDITOR is '${wanted}'; it can be code or browser.`);
  }
  if (wanted === "code" && !onPath("code")) {
    throw new UserError(
      "EXOSCOPE_EDITOR is code, but there is no code command on the PATH; VS Code's own command " +
        "'Shell Command: Install code command in PATH' puts it there.",
    );
  }
  return wanted;
}

async function openInCode(folder) {
  await npmRun("build");
  // A shell finds code.cmd on Windows; both arguments are folders of ours, quoted.
  const windows = process.platform === "win32";
  const args = [`--extensionDevelopmentPath=${REPOSITORY}`, folder];
  const quoted = windows ? args.map((argument) => `"${argument}"`) : args;
  const code = await ending(spawn("code", quoted, { stdio: "inherit", shell: windows }));
  if (code !== 0) {
    throw new UserError(
      `VS Code's code command ended with status ${code}; EXOSCOPE_EDITOR=browser npm start does without it.`,
    );
  }
  console.log("VS Code opens with Exoscope. Open page-fault.c there and press F5.");
}

async function serveInBrowser(folder) {
  const port = await choosePort();
  const entry = await installCodeServer();
  await npmRun("build");
  await npmRun("package");

  const home = join(cacheFolder(), "browser");
  const folders = {
    entry,
    dataFolder: join(home, "data"),
    extensionsFolder: join(home, "extensions"),
    logFile: join(home, "code-server.log"),
  };
  await writeFirstSettings(folders.dataFolder);
  await installExtension({ ...folders, vsix: join(REPOSITORY, "dist/exoscope.vsix") });
  const server = await startCodeServer({ ...folders, port });
  let stopping = false;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.once(signal, () => {
      stopping = true;
      server.stop();
    });
  }
  console.log(`
  Exoscope is at   ${server.url}?folder=${encodeURI(folder)}

  Open page-fault.c there and press F5. Ctrl-C here ends it.
`);
  await server.ended;
  if (stopping) return;
  throw new UserError(`code-server has ended by itself (its output is in ${folders.logFile}).`);
}

/** A port that was asked for is taken or refused; the usual one gives way to another. */
async function choosePort() {
  const asked = process.env.EXOSCOPE_PORT;
  if (asked === undefined) return freePort(USUAL_PORT);
  const port = Number(asked);
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new UserError(`EXOSCOPE_PORT is '${asked}'; it can be a port number from 1 to 65535.`);
  }
  if ((await freePort(port)) === port) return port;
  throw new UserError(
    `Port ${port} on 127.0.0.1 is taken; set EXOSCOPE_PORT to another or leave it unset.`,
  );
}

async function writeFirstSettings(dataFolder) {
  const file = join(dataFolder, "User/settings.json");
  if (existsSync(file)) return;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(FIRST_SETTINGS, undefined, 2)}\n`);
}

async function npmRun(script) {
  const args = [npmScript(), "run", "--silent", script];
  const child = spawn(process.execPath, args, { cwd: REPOSITORY, stdio: "inherit" });
  const code = await ending(child);
  if (code !== 0) throw new UserError(`npm run ${script} failed; its messages are above.`);
}

function ending(child) {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
}

main().catch(reportAndExit);
