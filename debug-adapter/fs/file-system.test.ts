import fc from "fast-check";
import { expect, test } from "vitest";
import { announceSeed, sampled } from "../../exokernel/testing/sampling.ts";
import { checkFileSystem } from "./check.ts";
import { FileSystem } from "./file-system.ts";
import { FILE_BLOCKS_MAX, FileSystemError } from "./format.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test("what is written is read again, also from the image", () => {
  const made = FileSystem.make(400);
  made.mkdir("/bin");
  made.write("/bin/sh", bytesOf("#!"), { mode: 0o755 });
  made.write("/README", bytesOf("read me"));
  made.mknod("/console", 1, 1);
  const files = FileSystem.open(made.image);
  expect(textOf(files.read("/README"))).toBe("read me");
  expect(textOf(files.read("bin/../bin/./sh"))).toBe("#!");
  expect(files.list("/").map(({ name, kind, mode }) => [name, kind, mode])).toEqual([
    ["bin", "directory", 0o755],
    ["README", "file", 0o644],
    ["console", "device", 0o666],
  ]);
  expect(files.status("/console")).toMatchObject({ major: 1, minor: 1, size: 0 });
  expect(files.status("/bin")).toMatchObject({ size: 48, links: 1 });
  expect(files.status("/")).toMatchObject({ links: 2 });
  expect(checkFileSystem(made.image)).toEqual([]);
});

test("a file may be as long as an inode has blocks, and no longer", () => {
  const files = FileSystem.make(600);
  const longest = new Uint8Array(FILE_BLOCKS_MAX * 1024).map((_, i) => i * 7);
  files.write("/long", longest);
  expect(files.read("/long")).toEqual(longest);
  expect(checkFileSystem(files.image)).toEqual([]);
  expect(() => files.write("/longer", new Uint8Array(longest.length + 1))).toThrow(
    "'/longer' would have 273409 bytes, and a file has at most 273408",
  );
  files.remove("/long");
  expect(checkFileSystem(files.image)).toEqual([]);
});

test("an image that is full stays as it was", () => {
  const files = FileSystem.make(100, 64);
  files.write("/a", bytesOf("kept"));
  const before = files.image.slice();
  expect(() => files.write("/b", new Uint8Array(40_000))).toThrow(
    "it is full: there is no room for '/b'",
  );
  expect(() => files.write("/a", new Uint8Array(40_000))).toThrow("it is full");
  expect(files.image).toEqual(before);
});

test("each wrong request is refused by what is wrong, and changes nothing", () => {
  const files = FileSystem.make(200, 8);
  files.mkdir("/d");
  files.write("/d/f", bytesOf("x"));
  files.mknod("/tty", 1, 2);
  const before = files.image.slice();
  const refusals: [() => unknown, string][] = [
    [() => files.read("/none"), "there is no file '/none' in it"],
    [() => files.read("/d"), "'/d' is a directory"],
    [() => files.read("/tty"), "'/tty' is a device and has no contents"],
    [() => files.read("/d/f/g"), "'/d/f/g' leads through what is no directory"],
    [() => files.list("/d/f"), "'/d/f' is no directory"],
    [() => files.write("/d", bytesOf("")), "'/d' is a directory"],
    [() => files.write("/", bytesOf("")), "'/' is a directory"],
    [() => files.write("/none/f", bytesOf("")), "there is no file '/none' in it"],
    [
      () => files.write("/a-name-of-sixteen", bytesOf("")),
      "the name 'a-name-of-sixteen' has 17 bytes, and a name has at most 14",
    ],
    [() => files.mkdir("/d"), "there is a file '/d' already"],
    [() => files.mkdir("/"), "'/' names no file"],
    [() => files.remove("/"), "'/' must stay"],
    [() => files.remove("/d/."), "the directory '/d/.' is not empty"],
    [() => files.remove("/d/.."), "'/d/..' must stay"],
    [() => files.remove("/d"), "the directory '/d' is not empty"],
    [() => files.remove("/none"), "there is no file '/none' in it"],
    [() => files.link("/d", "/e"), "'/d' is a directory"],
    [() => files.link("/d/f", "/tty"), "there is a file '/tty' already"],
  ];
  for (const [request, sentence] of refusals) expect(request).toThrow(sentence);
  expect(files.image).toEqual(before);
  for (let i = 0; i < 3; i += 1) files.write(`/${i}`, bytesOf(""));
  expect(() => files.write("/x", bytesOf(""))).toThrow("all of its 7 inodes are in use");
});

test("a name of 14 bytes has no byte 0 after it and is found", () => {
  const files = FileSystem.make(100);
  files.write("/fourteen-bytes", bytesOf("x"));
  expect(FileSystem.open(files.image).list("/")[0]?.name).toBe("fourteen-bytes");
});

test("what is no file system is refused", () => {
  expect(() => FileSystem.open(new Uint8Array(8192))).toThrow("it has no file system");
  expect(() => FileSystem.open(new Uint8Array(10))).toThrow("it has no file system");
  expect(() => FileSystem.make(66)).toThrow("66 blocks are too few");
  const { image } = FileSystem.make(100);
  expect(() => FileSystem.open(image.slice(0, 50 * 1024))).toThrow(
    "its super block is damaged: it says 100 blocks and there are 50",
  );
});

/** The simplest file system: paths to contents, undefined for a directory. Files with several names share an object. */
type Model = Map<string, { content: Uint8Array } | undefined>;

const NAMES = ["a", "b", "c", "d"];
const path = fc
  .array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 2 })
  .map((names) => `/${names.join("/")}`);
const operation = fc.oneof(
  fc.record({
    kind: fc.constant("write" as const),
    path,
    size: fc.oneof(fc.nat(3000), fc.nat(30_000)),
    fill: fc.nat(255),
  }),
  fc.record({ kind: fc.constant("mkdir" as const), path }),
  fc.record({ kind: fc.constant("remove" as const), path }),
  fc.record({ kind: fc.constant("link" as const), path, to: path }),
);

announceSeed("file system");

type Operation = typeof operation extends fc.Arbitrary<infer What> ? What : never;

const parentOf = (name: string): string => name.slice(0, name.lastIndexOf("/"));

/** Whether the model does it. */
function apply(model: Model, what: Operation): boolean {
  const isFolder = (name: string): boolean =>
    name === "" || (model.has(name) && model.get(name) === undefined);
  const { path: at } = what;
  const found = model.get(at);
  switch (what.kind) {
    case "write": {
      if (!isFolder(parentOf(at)) || isFolder(at)) return false;
      const content = new Uint8Array(what.size).fill(what.fill);
      if (found === undefined) model.set(at, { content });
      else found.content = content;
      return true;
    }
    case "mkdir":
      if (!isFolder(parentOf(at)) || model.has(at)) return false;
      model.set(at, undefined);
      return true;
    case "remove":
      if (!model.has(at) || [...model.keys()].some((name) => parentOf(name) === at)) return false;
      return model.delete(at);
    case "link":
      if (found === undefined || !isFolder(parentOf(what.to)) || model.has(what.to)) return false;
      model.set(what.to, found);
      return true;
  }
}

function perform(files: FileSystem, what: Operation): void {
  switch (what.kind) {
    case "write":
      files.write(what.path, new Uint8Array(what.size).fill(what.fill));
      break;
    case "mkdir":
      files.mkdir(what.path);
      break;
    case "remove":
      files.remove(what.path);
      break;
    case "link":
      files.link(what.path, what.to);
      break;
  }
}

function contentsOf(files: FileSystem, folder = ""): [string, string | undefined][] {
  return files.list(`${folder}/`).flatMap(({ name, kind }): [string, string | undefined][] => {
    const at = `${folder}/${name}`;
    if (kind === "directory") return [[at, undefined], ...contentsOf(files, at)];
    return [[at, digest(files.read(at))]];
  });
}

const digest = (bytes: Uint8Array): string => `${bytes.length} of ${[...new Set(bytes)].join(",")}`;

const big = (path: string): Operation => ({ kind: "write", path, size: 40_000, fill: 1 });

test("any operations do what a simple model does, and leave a sound file system", () => {
  let refusedForRoom = 0;
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
      const files = FileSystem.make(110, 12);
      const model: Model = new Map();
      for (const what of operations) {
        const copy: Model = new Map(model);
        const content = model.get(what.path)?.content;
        const isPossible = apply(model, what);
        try {
          perform(files, what);
          expect(isPossible, JSON.stringify(what)).toBe(true);
        } catch (problem) {
          if (!(problem instanceof FileSystemError)) throw problem;
          if (!isPossible) continue;
          // Only for want of room.
          expect(problem.message).toMatch(/is full|inodes are in use/);
          refusedForRoom += 1;
          model.clear();
          for (const [name, file] of copy) model.set(name, file);
          const file = model.get(what.path);
          if (file !== undefined && content !== undefined) file.content = content;
        }
      }
      expect(checkFileSystem(files.image)).toEqual([]);
      const expected = [...model].map(([name, file]) => [
        name,
        file === undefined ? undefined : digest(file.content),
      ]);
      const byName = (a: (string | undefined)[], b: (string | undefined)[]) =>
        String(a[0]) < String(b[0]) ? -1 : 1;
      expect(contentsOf(FileSystem.open(files.image)).sort(byName)).toEqual(expected.sort(byName));
    }),
    // Chance may leave out that the disk is full; this fills it.
    { ...sampled(150, 3000), examples: [[[big("/a"), big("/b")]]] },
  );
  expect(refusedForRoom).toBeGreaterThan(0);
});
