import fc from "fast-check";
import { expect, test } from "vitest";
import { type KnownImage, KnownImages, readPublished } from "./known-images.ts";
import type { LoadedImage } from "./loaded-image.ts";

const ID = "0123456789abcdef0123456789abcdef01234567";
const OTHER = "f".repeat(40);
const NONE = "0".repeat(40);

const known = (path: string, buildId?: string): KnownImage => ({
  path,
  image: { elf: { buildId } } as unknown as LoadedImage,
});
const [ls, cat, tool, twin, otherTwin] = [
  known("/bin/ls", ID),
  known("cat.c"),
  known("tool", OTHER.replace("f", "e")),
  known("/a/twin"),
  known("/b/twin"),
] as const;
const images = new KnownImages([ls, cat, tool, twin, otherTwin]);

test.each([
  ["its build id, whatever it is called", { buildId: ID, path: "/tmp/x" }, "x", ls],
  ["its build id without a path", { buildId: ID, path: undefined }, "ls", ls],
  ["its path, without a build id", { buildId: NONE, path: "/bin/ls" }, "ls", ls],
  ["its name, without a build id", { buildId: NONE, path: "ls" }, "ls", ls],
  ["its program's name", { buildId: OTHER, path: "/bin/cat" }, "cat", cat],
  ["a path with another build id", { buildId: OTHER, path: "/bin/ls" }, "/bin/ls", undefined],
  ["a name that two have", { buildId: NONE, path: "twin" }, "twin", undefined],
  ["one of two by the whole path", { buildId: NONE, path: "/b/twin" }, "twin", otherTwin],
  ["nothing", { buildId: NONE, path: undefined }, undefined, undefined],
] as const)("an image is found by %s", (_how, published, name, expected) => {
  const found = images.find({ base: 0, ...published });
  expect(found.name).toBe(name);
  expect(found.image).toBe(expected?.image);
});

test("an image that was loaded elsewhere than it was linked has no symbols", () => {
  expect(images.find({ buildId: ID, base: 4096, path: "/bin/ls" })).toEqual({
    name: "/bin/ls",
    image: undefined,
  });
});

test("long paths are shown by their ends", () => {
  const path = `/${"long/".repeat(40)}end`;
  const { name } = images.find({ buildId: OTHER, base: 0, path });
  expect(name?.length).toBe(64);
  expect(name?.startsWith("...")).toBe(true);
  expect(name?.endsWith("/end")).toBe(true);
});

test("whatever lies in memory, reading what is published ends with an image or with none", () => {
  const memory = fc.record({
    begin: fc.constantFrom(0, 4, 0x1000, 0xffff_ff00),
    bytes: fc.uint8Array({ maxLength: 400 }),
    address: fc.nat(0xffff_ffff),
  });
  fc.assert(
    fc.property(memory, ({ begin, bytes, address }) => {
      const read = (at: number, length: number) => {
        const from = (at >>> 0) - begin;
        return from < 0 ? new Uint8Array() : bytes.subarray(from, from + length);
      };
      for (const at of [address, begin]) {
        const published = readPublished(read, at);
        if (published === undefined) continue;
        expect(published.buildId).toMatch(/^[0-9a-f]{40}$/);
        if (published.path !== undefined) {
          expect(published.path.length).toBeLessThanOrEqual(256);
          expect(published.path).not.toMatch(/[\p{C}]/u);
        }
      }
    }),
    { numRuns: 500 },
  );
});
