/** package.json's contributions agree with the code and the files that they name. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { keysPage } from "../tools/generate-keys.mjs";
import { PROGRESS } from "./walkthrough.ts";

const ROOT = join(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const { contributes, activationEvents, icon } = JSON.parse(read("package.json"));
const sources = readdirSync(join(ROOT, "extension"), { recursive: true, encoding: "utf8" })
  .filter(
    (path) => path.endsWith(".ts") && !path.endsWith(".test.ts") && !path.startsWith("ui-test"),
  )
  .map((path) => read(join("extension", path)));
const source = sources.join("\n");

/** Property names and types of an interface in the adapter's protocol. */
function fieldsOf(name: string): Map<string, string> {
  const protocol = read("debug-adapter/protocol.ts");
  const body =
    new RegExp(`export interface ${name} \\{\\n(.*?)\\n\\}`, "s").exec(protocol)?.[1] ?? "";
  return new Map(
    [...body.matchAll(/^ {2}readonly (\w+)\??: ([^;]+);/gm)].map((match) => [match[1]!, match[2]!]),
  );
}

/** The JSON schema of a type as the protocol spells it. */
function schemaOf(type: string): object {
  if (type.includes('"')) {
    return { type: "string", enum: [...type.matchAll(/"([^"]+)"/g)].map((match) => match[1]) };
  }
  if (type === "readonly string[]") return { type: "array", items: { type: "string" } };
  if (type.startsWith("Readonly<Record<")) return { type: "object" };
  return { type: type === "number" ? "integer" : type };
}

interface Walkthrough {
  readonly id: string;
  readonly steps: readonly {
    readonly id: string;
    readonly media: { readonly svg: string; readonly altText: string };
    readonly completionEvents: readonly string[];
  }[];
}

test("launch.json may say exactly what LaunchArguments has, with the same types", () => {
  const { properties } = contributes.debuggers[0].configurationAttributes.launch;
  const fields = fieldsOf("LaunchArguments");
  expect(fields.size).toBeGreaterThan(5);
  // VS Code has noDebug for itself: Ctrl+F5.
  fields.delete("noDebug");
  expect(Object.keys(properties).sort()).toEqual([...fields.keys()].sort());
  for (const [name, type] of fields) expect(properties[name], name).toMatchObject(schemaOf(type));
});

test("every attribute and setting is described", () => {
  const { properties } = contributes.debuggers[0].configurationAttributes.launch;
  for (const each of [
    ...Object.values(properties),
    ...Object.values(contributes.configuration.properties),
  ]) {
    expect((each as { markdownDescription: string }).markdownDescription).toMatch(/\w{3}.*\.$/);
  }
});

test("every command has a handler, and every command that is used exists", () => {
  const commands = new Set<string>(
    contributes.commands.map(({ command }: { command: string }) => command),
  );
  for (const command of commands) {
    const name = command.replace("exoscope.", "");
    expect(source.includes(`"${command}"`) || source.includes(`command("${name}"`), command).toBe(
      true,
    );
  }
  const used = JSON.stringify(contributes).matchAll(
    /command:(exoscope\.\w+)|"command":"(exoscope\.\w+)"/g,
  );
  for (const match of used) {
    const command = (match[1] ?? match[2])!;
    expect(
      commands.has(command) ||
        /^exoscope\.(environments|capabilities|history|pages|slices|bindings|extents)$/.test(
          command,
        ),
      command,
    ).toBe(true);
  }
});

test("every command is in the palette and on a key, no key means two things at once, and docs/keys.md has them all", () => {
  const manifest = JSON.parse(read("package.json"));
  const { commands, keybindings, menus } = contributes;
  const hidden = menus.commandPalette.filter(({ when }: { when: string }) => when === "false");
  expect(hidden).toEqual([]);
  const bound = new Set(keybindings.map(({ command }: { command: string }) => command));
  expect(commands.filter(({ command }: { command: string }) => !bound.has(command))).toEqual([]);
  const titles = commands.map(({ title }: { title: string }) => title);
  expect(new Set(titles).size).toBe(titles.length);
  const uses = keybindings.map(({ key, when }: { key: string; when: string }) => `${key}: ${when}`);
  expect(new Set(uses).size).toBe(uses.length);
  expect(read("docs/keys.md")).toBe(keysPage(manifest));
});

test("every view has a tree and says what it shows while it is empty", () => {
  for (const { id } of [...contributes.views.debug, ...contributes.views.exoscope]) {
    expect(source).toContain(`"${id}"`);
    const welcome = contributes.viewsWelcome.filter(({ view }: { view: string }) => view === id);
    expect(welcome).toHaveLength(2);
  }
});

test("every setting is read", () => {
  for (const name of Object.keys(contributes.configuration.properties)) {
    expect(source, name).toContain(`"${name.replace("exoscope.", "")}"`);
  }
});

test.each<Walkthrough>(contributes.walkthroughs)(
  "walkthrough $id has at most six steps, each with a picture and an end that can come",
  ({ steps }) => {
    expect(steps.length).toBeLessThanOrEqual(6);
    const events = new Set([
      ...Object.values(PROGRESS).map((key) => `onContext:${key}`),
      ...contributes.commands.map(({ command }: { command: string }) => `onCommand:${command}`),
    ]);
    for (const { id, media, completionEvents } of steps) {
      expect(existsSync(join(ROOT, media.svg)), id).toBe(true);
      expect(media.altText).toMatch(/\w/);
      for (const event of completionEvents) expect(events, id).toContain(event);
    }
  },
);

test("files that the manifest names exist", () => {
  const files = [
    icon,
    contributes.viewsContainers.panel[0].icon,
    contributes.jsonValidation[0].url,
    contributes.languages[0].configuration,
    ...contributes.languages.flatMap(({ icon: each }: { icon?: object }) =>
      Object.values(each ?? {}),
    ),
    ...contributes.grammars.map(({ path }: { path: string }) => path),
  ];
  for (const file of files) expect(existsSync(join(ROOT, file)), file).toBe(true);
});

test("pictures are coloured by attributes that name the theme's colours: VS Code drops style sheets", () => {
  for (const { media } of contributes.walkthroughs[0].steps) {
    const svg = read(media.svg);
    expect(svg).not.toMatch(/<style|style=/);
    for (const [, value] of svg.matchAll(/(?:fill|stroke)="([^"]*)"/g)) {
      expect(value).toMatch(
        /^(none|context-stroke|var\(--vscode-[\w-]+, (none|#[0-9a-f]{3,6})\))$/,
      );
    }
  }
});

test("F5 activates the extension, and so does opening the sample", () => {
  expect(activationEvents).toContain("onDebugResolve:exoscope");
  expect(activationEvents).toContain("workspaceContains:**/*.exo.json");
});

test("a recording is a file with an icon that F5, the editor's title and the explorer offer to debug", () => {
  const [language] = contributes.languages.filter(({ extensions }: { extensions: string[] }) =>
    extensions.includes(".exorec"),
  );
  expect(language).toMatchObject({
    id: "exorec",
    icon: { light: expect.stringMatching(/svg$/), dark: expect.stringMatching(/svg$/) },
  });
  expect(contributes.debuggers[0].languages).toContain(language.id);
  const places = [
    ...contributes.keybindings,
    ...contributes.menus["editor/title/run"],
    ...contributes.menus["explorer/context"],
  ].filter(({ command }) => command === "exoscope.debugFile");
  const names = places.flatMap(({ when }: { when: string }) =>
    [...when.matchAll(/resourceFilename =~ \/(\S+?)\/(?=[ )]|$)/g)].map(([, regexp]) => regexp!),
  );
  for (const name of ["a.exorec", "a.exo.json"]) {
    const offers = names.filter((regexp) => new RegExp(regexp).test(name));
    expect(offers).toHaveLength(3);
  }
  for (const name of ["a.json", "exorec", "a.exorec.bak"]) {
    expect(names.some((regexp) => new RegExp(regexp).test(name))).toBe(false);
  }
});

test("a recording is saved from the palette and from a view, while there is a session", () => {
  const [command] = contributes.commands.filter(
    ({ command: name }: { command: string }) => name === "exoscope.saveRecording",
  );
  expect(command).toMatchObject({ title: "Save Recording...", enablement: "exoscope.inSession" });
  expect(JSON.stringify(contributes.menus["view/title"])).toContain("exoscope.saveRecording");
});

test("the package has the sources, headers and scenarios of the whole libOS, but no tests of it", () => {
  const SOURCES = /\/replaces$|\.(c|h|S|ld|json)$/;
  const listed = spawnSync("npx", ["vsce", "ls", "--no-dependencies"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  const packed = listed.stdout
    .split("\n")
    .filter((name) => name.startsWith("libos/") && SOURCES.test(name));
  const there = readdirSync(join(ROOT, "libos"), { recursive: true, encoding: "utf8" })
    .map((name) => `libos/${name.replaceAll("\\", "/")}`)
    .filter((name) => SOURCES.test(name) && !name.includes("/tests/"));
  expect(there).toContain("libos/v6/alone.exo.json");
  expect(there).toContain("libos/mono/replaces");
  expect(packed.sort()).toEqual(there.sort());
}, 30_000);
