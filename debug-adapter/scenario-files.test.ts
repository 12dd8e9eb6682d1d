import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseElf } from "#emulator";
import { consoleBuilder } from "./cli/run-command.ts";
import { checkFileSystem } from "./fs/check.ts";
import { FileSystem } from "./fs/file-system.ts";
import { nodeHost } from "./host.ts";
import { configure } from "./launch.ts";
import { parseScenario } from "./scenario.ts";
import { ROOT, runGuest, WORKSPACE } from "./testing/run-guest.ts";

const folder = mkdtempSync(join(tmpdir(), "exoscope-files-"));
writeFileSync(join(folder, "README.txt"), "read me\n");
writeFileSync(join(folder, "hello.c"), readFileSync(join(WORKSPACE, "hello.c")));

const FILES = {
  "/bin/hello": "hello.c",
  "/README": "README.txt",
  "/hello.c": { file: "hello.c" },
  "/motd": { text: "welcome\n", mode: "600", uid: 7 },
  "/tmp": { folder: true, mode: "777" },
  "/home/ada": null,
  "/console": { device: [1, 2] },
};

function scenario(disk: unknown): string {
  const path = join(folder, "files.exo.json");
  writeFileSync(path, JSON.stringify({ disk, environments: [{ program: "hello.c" }] }));
  return path;
}

function checkContents(image: Uint8Array): void {
  expect(checkFileSystem(image)).toEqual([]);
  const files = FileSystem.open(image);
  const line = (path: string) => {
    const { kind, mode, uid, size } = files.status(path);
    return [path, kind, mode.toString(8), uid, kind === "file" ? size : 0];
  };
  const source = readFileSync(join(folder, "hello.c"));
  const program = files.read("/bin/hello");
  expect(
    [
      "/bin",
      "/bin/hello",
      "/README",
      "/hello.c",
      "/motd",
      "/tmp",
      "/home",
      "/home/ada",
      "/console",
    ].map(line),
  ).toEqual([
    ["/bin", "directory", "755", 0, 0],
    ["/bin/hello", "file", "755", 0, program.length],
    ["/README", "file", "644", 0, 8],
    ["/hello.c", "file", "644", 0, source.length],
    ["/motd", "file", "600", 7, 8],
    ["/tmp", "directory", "777", 0, 0],
    ["/home", "directory", "755", 0, 0],
    ["/home/ada", "directory", "755", 0, 0],
    ["/console", "device", "666", 0, 0],
  ]);
  expect(files.status("/console")).toMatchObject({ major: 1, minor: 2 });
  expect(files.read("/hello.c")).toEqual(new Uint8Array(source));
  expect(parseElf(program).segments.length).toBeGreaterThan(2);
}

test("a disk with files is made at launch, with programs that were built for it", async () => {
  const path = scenario({ sectors: 1024, files: FILES });
  const { kernel, output } = await runGuest(path);
  expect(output).toBe("Hello from an exokernel.\n");
  checkContents(kernel.machine.disk?.readImage() ?? new Uint8Array());
  const configuration = await configure({ program: path }, nodeHost, consoleBuilder(ROOT));
  const image = configuration.disk?.image ?? new Uint8Array();
  expect(image.length % 4096).toBe(0);
  const whole = new Uint8Array(1024 * 512);
  whole.set(image);
  checkContents(whole);
  expect(Object.keys(configuration.disk ?? {}).sort()).toEqual(["image", "sectors"]);
});

test.each([
  [
    { "/a": "gone.c" },
    1024,
    `the file '/a' of 'disk.files' names the program 'gone.c', but there is no file '${folder}/gone.c'.`,
  ],
  [
    { "/a": "gone.txt" },
    1024,
    `'disk.files' names 'gone.txt', but there is no file '${folder}/gone.txt'.`,
  ],
  [
    { "/a": "hello.c" },
    160,
    "the disk of 160 sectors cannot hold the file system of 'disk.files': it is full: there is no room for '/a'.",
  ],
  [
    {},
    64,
    "the disk of 64 sectors cannot hold the file system of 'disk.files': 32 blocks are too few: 69 hold the log, 64 inodes and the bitmap.",
  ],
  [
    { "/a": "README.txt", "/a/b": null },
    1024,
    "the disk of 1024 sectors cannot hold the file system of 'disk.files': '/a' is no directory.",
  ],
])(
  "a disk that cannot be made is refused in one sentence (%j)",
  async (files, sectors, sentence) => {
    const path = scenario({ sectors, files });
    await expect(configure({ program: path }, nodeHost, consoleBuilder(ROOT))).rejects.toThrow(
      `${path}: ${sentence}`,
    );
  },
);

test.each([
  [{ sh: "sh.c" }, "'disk.files' has the path 'sh', which must be as '/bin/sh' is."],
  [
    { "/fifteen-letters": null },
    "'disk.files' has the name 'fifteen-letters', and a name has at most 14 bytes.",
  ],
  [{ "/a": {} }, `'disk.files["/a"]' must have one of program, file, text, device, folder.`],
  [
    { "/a": { text: "", mode: "9" } },
    `'disk.files["/a"].mode' must be three octal digits in quotes, as "644".`,
  ],
])("a scenario with the files %j is refused in one sentence", (files, sentence) => {
  const text = JSON.stringify({ disk: { sectors: 8, files }, environments: [{ program: "a.c" }] });
  expect(() => parseScenario("s.exo.json", text)).toThrow(`s.exo.json: ${sentence}`);
});
