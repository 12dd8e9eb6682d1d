import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { CALLS } from "./exokernel/abi.ts";

/** What must hold for the repository itself. Each test lists what is wrong, so that an empty list is the aim. */
const ROOT = import.meta.dirname;
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const NOT_OURS = new Set(["node_modules", ".git", "dist", "out", "test-results", ".exo-cache"]);

/** Files of the tree, without what is generated or installed. */
function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (NOT_OURS.has(entry.name)) return [];
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

const ALL = filesBelow("").filter((path) => !/\.(tsbuildinfo|vsix)$/.test(path));
const DOCUMENTS = ALL.filter((path) => path.endsWith(".md"));
const SOURCES = ALL.filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts"));
const isForTests = (path: string): boolean =>
  /\.(test|bench|ui)\.ts$|\/(testing|ui-test)\//.test(path);
const CODE = SOURCES.filter((path) => !isForTests(path));
const packageJson = JSON.parse(read("package.json")) as {
  readonly scripts: Record<string, string>;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies: Record<string, string>;
  readonly imports: Record<string, string>;
  readonly contributes: {
    readonly debuggers: readonly {
      readonly configurationAttributes: { readonly launch: { readonly properties: object } };
    }[];
  };
};

/** Comments are prose: what they name is neither imported nor called. */
const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");

/** What a file imports or exports from elsewhere, types included. */
const importsOf = (path: string): string[] =>
  [...withoutComments(read(path)).matchAll(/\b(?:from|import)\s*\(?\s*"([\w#.@/:-]+)"/g)].map(
    ([, from = ""]) => from,
  );

/** The doors that each folder may enter, and whether it may name packages. See ARCHITECTURE.md, Invariants. */
const MAY_IMPORT: Readonly<
  Record<string, { readonly doors: readonly string[]; readonly packages: RegExp }>
> = {
  emulator: { doors: [], packages: /^$/ },
  exokernel: { doors: ["#emulator"], packages: /^$/ },
  "debug-adapter": {
    doors: ["#emulator", "#exokernel"],
    packages: /^(node:.*|@vscode\/debug.*|jsonc-parser)$/,
  },
  extension: {
    doors: ["#debug-adapter"],
    packages:
      /^(node:.*|vscode|@vscode\/debugprotocol|@vscode-elements\/elements\/.*|@dagrejs\/dagre)$/,
  },
  // The language server is a process of its own; it reads the tables of the machine and of the kernel's interface.
  "extension/language": {
    doors: ["#debug-adapter", "#exokernel", "#emulator"],
    packages:
      /^(node:.*|vscode|jsonc-parser|vscode-language(client|server)(\/node|-textdocument)?)$/,
  },
};

test("imports point one way, and other folders are entered by their doors", () => {
  const wrong = CODE.flatMap((path) => {
    const [folder = ""] = path.split("/");
    const allowed = MAY_IMPORT[dirname(path).replaceAll("\\", "/")] ?? MAY_IMPORT[folder];
    if (allowed === undefined) return [];
    return importsOf(path)
      .filter((from) =>
        from.startsWith(".")
          ? !isWithin(folder, join(dirname(path), from)) && !isProtocol(folder, path, from)
          : !allowed.doors.includes(from) && !allowed.packages.test(from),
      )
      .map((from) => `${path} imports ${from}`);
  });
  expect(wrong).toEqual([]);
});

const isWithin = (folder: string, path: string): boolean =>
  path.replaceAll("\\", "/").startsWith(`${folder}/`);

/** A view may take the types that it draws from the one file that imports nothing. */
const isProtocol = (folder: string, path: string, from: string): boolean =>
  folder === "extension" &&
  join(dirname(path), from).replaceAll("\\", "/") === "debug-adapter/protocol.ts";

test("tests, too, enter other folders by their doors, by what is made for testing or by our tools", () => {
  const wrong = SOURCES.filter((path) => /^(emulator|exokernel)\//.test(path) && isForTests(path))
    .flatMap((path) => importsOf(path).map((from) => ({ path, from })))
    .filter(({ path, from }) => {
      const [folder = ""] = path.split("/");
      return from.startsWith(".")
        ? !isWithin(folder, join(dirname(path), from)) && !/\/testing\/|^\.\.\/tools\//.test(from)
        : folder === "emulator" && from.startsWith("#");
    });
  expect(wrong).toEqual([]);
});

test("every door exists and is the folder's index.ts", () => {
  for (const [name, path] of Object.entries(packageJson.imports)) {
    expect(path).toBe(`./${name.slice(1)}/index.ts`);
    expect(existsSync(join(ROOT, path)), path).toBe(true);
  }
});

test("machine and kernel name no clock, no chance and no platform", () => {
  const forbidden =
    /\b(?:Date\.now|new Date|performance\.now|Math\.random|setTimeout|setImmediate|process\.|console\.(?:log|error))/;
  const wrong = CODE.filter((path) => /^(emulator|exokernel)\//.test(path))
    .map((path) => `${path}: ${forbidden.exec(withoutComments(read(path)))?.[0]}`)
    .filter((line) => !line.endsWith("undefined"));
  expect(wrong).toEqual([]);
});

test("no test is skipped or alone, and no type is waved through", () => {
  // Written in pieces, so that this file does not find itself.
  const alone = `\\b(?:test|it|describe|suite)(?:\\.\\w+)*\\.(?:${["skip", "only", "todo"].join("|")})\\b`;
  const waved = ["\\bas", "any\\b|@ts-", "ignore|@ts-", "nocheck"];
  const mark = new RegExp(
    `${alone}|${waved[0]} ${waved[1]}${waved[2]}${waved[3]}|:\\s*${"an"}y\\b`,
  );
  const wrong = SOURCES.flatMap((path) => {
    const found = mark.exec(withoutComments(read(path)));
    return found === null ? [] : [`${path}: ${found[0]}`];
  });
  expect(wrong).toEqual([]);
  expect(mark.test(["test", "only(name)"].join("."))).toBe(true);
});

test("files are kebab-case", () => {
  const wrong = SOURCES.filter(
    (path) => !/^([a-z0-9._-]+\/)*[a-z0-9-]+(\.[a-z]+)*\.ts$/.test(path),
  );
  expect(wrong).toEqual([]);
});

test("a file of more than 500 lines says at its top why", () => {
  const wrong = CODE.filter((path) => read(path).split("\n").length > 501).filter(
    (path) => !/one table|in one file|long/i.test(read(path).split("*/")[0] ?? ""),
  );
  expect(wrong).toEqual([]);
});

/** Which of these words a document does not have between backquotes. */
function unmentioned(document: string, names: readonly string[]): string[] {
  const text = read(document);
  expect(names.length, `names to look for in ${document}`).toBeGreaterThan(0);
  return names.filter((name) => !text.includes(`\`${name}\``));
}

const namesIn = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, name = ""]) => name);

test("docs/abi.md names every kernel call", () => {
  expect(
    unmentioned(
      "docs/abi.md",
      Object.values(CALLS).map(({ name }) => name),
    ),
  ).toEqual([]);
});

test("docs/dap.md names every request, custom event, launch attribute and exception filter", () => {
  const requests = read("debug-adapter/session/requests.ts");
  const interfaceText = requests.slice(
    requests.indexOf("interface Requests"),
    requests.indexOf("type RequestName"),
  );
  const protocol = read("debug-adapter/protocol.ts");
  const launch = /interface LaunchArguments \{[\s\S]*?\n\}/.exec(protocol)?.[0] ?? "";
  const lists = {
    requests: namesIn(interfaceText, /^ {2}"?([\w/]+)"?: \[/gm),
    customNames: namesIn(protocol, /"(exo\/\w+)"/g),
    attributes: namesIn(launch, /readonly (\w+)\??:/g),
    manifest: packageJson.contributes.debuggers.flatMap(({ configurationAttributes }) =>
      Object.keys(configurationAttributes.launch.properties),
    ),
    filters: namesIn(read("debug-adapter/event-filters.ts"), /filter: "(\w+)"/g),
  };
  for (const [what, names] of Object.entries(lists)) {
    expect({ what, missing: unmentioned("docs/dap.md", names) }).toEqual({ what, missing: [] });
  }
  expect(lists.requests.length).toBeGreaterThan(30);
  expect(lists.attributes.length).toBeGreaterThan(10);
});

test("docs/decisions.md has every policy that remains in the kernel", () => {
  const policy = read("exokernel/policy.ts");
  const names = namesIn(policy, /^ {2}readonly (\w+): number/gm);
  expect(unmentioned("docs/decisions.md", names)).toEqual([]);
});

test("docs/dependencies.md names exactly the packages of package.json, with their versions", () => {
  const rows = [...read("docs/dependencies.md").matchAll(/^\| `([^`]+)` +\| ([\d.\w-]+)/gm)];
  const named = Object.fromEntries(rows.map(([, name = "", version = ""]) => [name, version]));
  expect(named).toEqual({ ...packageJson.dependencies, ...packageJson.devDependencies });
});

test("links and pictures in the documents lead somewhere", () => {
  const broken = DOCUMENTS.flatMap((path) =>
    namesIn(read(path), /\]\(([^)#\s]+)[^)]*\)/g)
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => !existsSync(join(ROOT, dirname(path), link)))
      .map((link) => `${path}: ${link}`),
  );
  expect(broken).toEqual([]);
});

test("the documents name no file of ours that is gone", () => {
  const missing = DOCUMENTS.flatMap((path) =>
    namesIn(read(path), /`((?:[\w.-]+\/)+[\w-]+\.(?:ts|mjs|c|S|h|json|md))`/g)
      .filter((name) => !/^(?:dist|node_modules)\//.test(name))
      .filter((name) => ![ROOT, join(ROOT, dirname(path))].some((at) => existsSync(join(at, name))))
      .map((name) => `${path}: ${name}`),
  );
  expect(missing).toEqual([]);
});

test("README's commands exist", () => {
  const readme = read("README.md");
  for (const command of ["npm ci && npm start", "npm ci && npm test"]) {
    expect(readme).toContain(command);
  }
  const named = [...namesIn(readme, /npm run (?:-s )?([\w:]+)/g), "start", "test"];
  expect(named.filter((name) => !(name in packageJson.scripts))).toEqual([]);
});

test("no folder of one machine and no registry is written into the project", () => {
  const folders = ["/ro" + "ot/", "/wo" + "rk/", "registry\\.npm" + "js"].join("|");
  const wrong = ALL.filter((path) => /\.(m?ts|mjs|json|md|c|h|S|ld|txt|svg)$|^\.ci\//.test(path))
    .filter((path) => path !== "package-lock.json")
    .flatMap((path) => {
      // Tests of a compiler's messages need somebody's folder.
      const pattern = new RegExp(isForTests(path) ? folders : `${folders}|/ho${"me"}/\\w`);
      const found = pattern.exec(read(path));
      return found === null ? [] : [`${path}: ${found[0]}`];
    });
  expect(wrong).toEqual([]);
});

test("the documents exclaim nothing", () => {
  const loud = DOCUMENTS.filter((path) =>
    /[A-Za-z]!(?:\s|$)/m.test(read(path).replace(/```[\s\S]*?```|`[^`]*`/g, "")),
  );
  expect(loud).toEqual([]);
});

test("the test files that are run first are there", () => {
  const names = [...read("vitest.sequence.mts").matchAll(/^ {2}"(.+\.test\.ts)",$/gm)];
  expect(names.length).toBeGreaterThan(5);
  expect(names.map(([, path = ""]) => path).filter((path) => !ALL.includes(path))).toEqual([]);
});
