import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { CALLS } from "./exokernel/abi.ts";

/** What must hold for the repository itself. */
const ROOT = import.meta.dirname;
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

/** Files of the tree, without what is generated or installed. */
function files(): string[] {
  const listed = execFileSync("find", [".", "-type", "f", ...NOT], { cwd: ROOT, encoding: "utf8" });
  return listed
    .split("\n")
    .filter(Boolean)
    .map((path) => path.slice(2));
}
const NOT = ["node_modules", ".git", "dist", "out", "test-results"].flatMap((name) => [
  "-not",
  "-path",
  `./${name}/*`,
]);
const ALL = files().filter((path) => !path.endsWith(".tsbuildinfo"));
const SOURCES = ALL.filter((path) => /\.ts$/.test(path) && !path.endsWith(".d.ts"));
const CODE = SOURCES.filter((path) => !/\.(test|bench|ui)\.ts$|\/testing\/|ui-test\//.test(path));

const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  emulator: [],
  exokernel: ["#emulator"],
  "debug-adapter": ["#emulator", "#exokernel"],
};

test("imports point one way, through the doors", () => {
  for (const path of CODE) {
    const [folder = ""] = path.split("/");
    const allowed = ALLOWED[folder];
    if (allowed === undefined) continue;
    for (const [, from = ""] of read(path).matchAll(/from "([^"]+)"/g)) {
      const isOwn = from.startsWith(".") && join(dirname(path), from).startsWith(`${folder}/`);
      const isOutside = !from.startsWith(".") && !from.startsWith("#");
      if (folder === "debug-adapter" && isOutside && from !== "vscode") continue;
      expect({ path, from, isFine: isOwn || allowed.includes(from) }).toEqual({
        path,
        from,
        isFine: true,
      });
    }
  }
});

test("machine and kernel name no clock and no chance", () => {
  for (const path of CODE.filter((name) => /^(emulator|exokernel)\//.test(name))) {
    expect({
      path,
      found: /Date\.now|performance\.now|Math\.random|setTimeout/.test(read(path)),
    }).toEqual({
      path,
      found: false,
    });
  }
});

test("no test is skipped or alone, and no type is waved through", () => {
  const marks = new RegExp(
    ["\b(?:test|it|describe).(?:skip|only|todo)\b", "@ts-" + "ignore"].join("|"),
  );
  for (const path of SOURCES) {
    expect({ path, found: marks.exec(read(path))?.[0] }).toEqual({ path, found: undefined });
  }
});

test("files are kebab-case", () => {
  for (const path of SOURCES) expect(path).toMatch(/^([a-z0-9.-]+\/)*[a-z0-9-]+(\.[a-z]+)*\.ts$/);
});

test("a file of more than 500 lines says at its top why", () => {
  for (const path of CODE.filter((name) => read(name).split("\n").length > 501)) {
    const [top = ""] = read(path).split("*/");
    expect({ path, saysWhy: /one table|in one file|long/i.test(top) }).toEqual({
      path,
      saysWhy: true,
    });
  }
});

test("the reference names every call, and the adapter's page every request, event, attribute and filter", () => {
  const abi = read("docs/abi.md");
  for (const { name } of Object.values(CALLS)) expect(abi).toContain(`\`${name}\``);
  const page = read("docs/dap.md");
  const requests = read("debug-adapter/session/requests.ts");
  const table = requests.slice(
    requests.indexOf("interface Requests"),
    requests.indexOf("RequestName"),
  );
  const names = [...table.matchAll(/^ {2}"?([\w/]+)"?: \[/gm)].map(([, name = ""]) => name);
  expect(names.length).toBeGreaterThan(30);
  const protocol = read("debug-adapter/protocol.ts");
  const launch = protocol.slice(
    protocol.indexOf("interface LaunchArguments"),
    protocol.indexOf("EnvironmentState"),
  );
  const attributes = [...launch.matchAll(/readonly (\w+)\??:/g)].map(([, name = ""]) => name);
  const events = [...protocol.matchAll(/"(exo\/\w+)"/g)].map(([, name = ""]) => name);
  const filters = [...read("debug-adapter/event-filters.ts").matchAll(/filter: "(\w+)"/g)].map(
    ([, name = ""]) => name,
  );
  for (const name of [...names, ...attributes, ...events, ...filters])
    expect(page).toContain(`\`${name}\``);
});

test("docs/dependencies.md names exactly the packages of package.json, with their versions", () => {
  const { devDependencies } = JSON.parse(read("package.json")) as {
    devDependencies: Record<string, string>;
  };
  const rows = [...read("docs/dependencies.md").matchAll(/^\| `([^`]+)` +\| ([\d.\w-]+)/gm)];
  expect(Object.fromEntries(rows.map(([, name = "", version = ""]) => [name, version]))).toEqual(
    devDependencies,
  );
});

test("links in the documents lead somewhere, and README's commands exist", () => {
  for (const path of ALL.filter((name) => name.endsWith(".md"))) {
    for (const [, link = ""] of read(path).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
      if (/^[a-z]+:/.test(link)) continue;
      expect({ path, link, exists: existsSync(join(ROOT, dirname(path), link)) }).toEqual({
        path,
        link,
        exists: true,
      });
    }
  }
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  for (const [, name = ""] of read("README.md").matchAll(/npm run ([\w:]+)/g))
    expect(scripts).toHaveProperty(name);
  for (const name of ["start", "test"]) expect(scripts).toHaveProperty(name);
});

test("no folder of one machine and no registry is written into the project", () => {
  const folders = ["/ro" + "ot/", "/wo" + "rk/", "registry\\.npm" + "js"].join("|");
  for (const path of ALL.filter((name) =>
    /\.(ts|mjs|mts|json|md|c|h|S|ld|txt)$|^\.ci\/run$/.test(name),
  )) {
    if (path === "package-lock.json") continue;
    expect({ path, found: new RegExp(folders).exec(read(path))?.[0] }).toEqual({
      path,
      found: undefined,
    });
  }
});
