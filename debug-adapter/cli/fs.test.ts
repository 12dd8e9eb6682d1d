import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { FileSystem } from "../fs/file-system.ts";
import { main } from "./main.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

const folder = mkdtempSync(join(tmpdir(), "exoscope-fs-"));
const image = join(folder, "fs.img");
const readme = join(folder, "README");
writeFileSync(readme, "read me\n");
const program = join(folder, "ls");
writeFileSync(program, Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0));

/** Runs a command as the shell would. */
async function exo(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  const text = { out: "", err: "" };
  const into = (key: "out" | "err") => (chunk: unknown, done?: unknown) => {
    text[key] += typeof chunk === "string" ? chunk : Buffer.from(chunk as Uint8Array).toString();
    if (typeof done === "function") done();
    return true;
  };
  vi.spyOn(process.stdout, "write").mockImplementation(into("out"));
  vi.spyOn(process.stderr, "write").mockImplementation(into("err"));
  const status = await main(["fs", ...args], ".");
  vi.restoreAllMocks();
  return { status, ...text };
}

test("exo fs makes an image that is listed, read, changed and found sound", async () => {
  const done = { status: 0, out: "", err: "" };
  expect(
    await exo("make", image, "--blocks", "402", "--inodes", "40", readme, `${program}:/bin/ls`),
  ).toEqual(done);
  expect(readFileSync(image).length).toBe(101 * 4096);
  expect(await exo("mkdir", image, "/tmp", "/tmp/a")).toEqual(done);
  expect(await exo("mknod", image, "/console", "1", "2")).toEqual(done);
  expect(await exo("write", image, "--mode", "600", "--uid", "7", `${readme}:/tmp/x`)).toEqual(
    done,
  );
  expect((await exo("list", image)).out.split("\n")).toEqual([
    "-rw-r--r--   1     0        8 /README",
    "drwxr-xr-x   1     0       48 /bin",
    "-rwxr-xr-x   1     0        5 /bin/ls",
    "drwxr-xr-x   2     0       64 /tmp",
    "drwxr-xr-x   1     0       32 /tmp/a",
    "-rw-------   1     7        8 /tmp/x",
    "crw-rw-rw-   1     0     1, 2 /console",
    "",
  ]);
  expect((await exo("list", image, "/tmp/x")).out).toBe("-rw-------   1     7        8 /tmp/x\n");
  expect(await exo("read", image, "README")).toEqual({ ...done, out: "read me\n" });
  expect(await exo("remove", image, "/tmp/x", "/tmp/a", "/tmp")).toEqual(done);
  expect(await exo("check", image)).toEqual(done);
});

test("each mistake is one sentence, and the image stays as it was", async () => {
  await exo("make", image, "--blocks", "100", readme);
  const before = readFileSync(image);
  const long = join(folder, "long");
  writeFileSync(long, new Uint8Array(60_000));
  const garbage = join(folder, "garbage");
  writeFileSync(garbage, new Uint8Array(8192));
  const mistakes: [string[], string][] = [
    [["read", image, "/none"], `${image}: there is no file '/none' in it.`],
    [["write", image, `${readme}:/a`, long], `${image}: it is full: there is no room for '/long'.`],
    [
      ["mkdir", image, "/fifteen-letters"],
      `${image}: the name 'fifteen-letters' has 15 bytes, and a name has at most 14.`,
    ],
    [["write", image, join(folder, "gone")], `There is no file '${join(folder, "gone")}'.`],
    [["list", garbage], `${garbage}: it has no file system.`],
    [
      ["list", join(folder, "no")],
      `There is no image '${join(folder, "no")}'; 'exo fs make' makes one.`,
    ],
    [
      ["make", image, "--blocks", "7x"],
      "--blocks must be a whole number from 1 to 262144, not '7x'.",
    ],
    [
      ["make", image, "--blocks", "60"],
      `${image}: 60 blocks are too few: 69 hold the log, 64 inodes and the bitmap.`,
    ],
    [
      ["write", image, "--mode", "999", readme],
      "--mode must be up to three octal digits, as 644, not '999'.",
    ],
  ];
  for (const [args, sentence] of mistakes) {
    expect(await exo(...args)).toEqual({ status: 2, out: "", err: `exo: ${sentence}\n` });
  }
  expect(readFileSync(image)).toEqual(before);
  expect((await exo("frobnicate", image)).err).toContain("There is no 'exo fs frobnicate'.");
  expect((await exo("list", image, "--blocks", "3")).status).toBe(2);
});

test("check says what is wrong, with status 1", async () => {
  const files = FileSystem.make(100);
  files.image[files.superblock.bitmapStart * 1024] = 0;
  writeFileSync(image, files.image);
  expect(await exo("check", image)).toEqual({
    status: 1,
    out: "The bitmap has each of blocks 0 to 7 as free, and it is in use.\n",
    err: "",
  });
});

test("the image's bytes behind the file system stay", async () => {
  const bytes = new Uint8Array(30 * 4096).fill(9, 100 * 1024);
  bytes.set(FileSystem.make(100).image);
  writeFileSync(image, bytes);
  expect((await exo("write", image, readme)).status).toBe(0);
  const after = readFileSync(image);
  expect(after.length).toBe(bytes.length);
  expect(after.subarray(100 * 1024).every((byte) => byte === 9)).toBe(true);
});
