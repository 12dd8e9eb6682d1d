import { cpSync, mkdtempSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { expect, test } from "vitest";
import { loadCached } from "./code-cache.ts";

/** A bundle that says what it was given, and a folder for its code. */
function setUp(text = "yes") {
  const folder = mkdtempSync(join(tmpdir(), "exoscope-code-"));
  const bundle = join(folder, "bundle.js");
  writeFileSync(
    bundle,
    `const { sep } = require("node:path"); exports.say = () => "${text} " + __filename.split(sep).pop();`,
  );
  let loads = 0;
  const load = (use = "run") => {
    // V8 knows a text of the same name for as long as the process lives, and then asks for nothing that was kept.
    loads += 1;
    const copy = join(mkdtempSync(join(folder, `${loads}-`)), "bundle.js");
    cpSync(bundle, copy, { preserveTimestamps: true });
    const { exports, keep } = loadCached(copy, folder, use);
    return { say: (exports as { say: () => string }).say, keep };
  };
  return { folder, bundle, load, kept: () => readdirSync(join(folder, "code")) };
}

test("a bundle runs as it does when it is required, and its code is kept once for each use", () => {
  const { folder, load, kept } = setUp();
  const first = load();
  expect(first.say()).toBe("yes bundle.js");
  first.keep();
  const [name = ""] = kept();
  const file = join(folder, "code", name);
  const bytes = readFileSync(file);
  expect(bytes.length).toBeGreaterThan(100);
  utimesSync(file, 1, 1);
  const again = load();
  expect(again.say()).toBe("yes bundle.js");
  again.keep();
  expect(readFileSync(file)).toEqual(bytes);
  const other = load("trace");
  other.keep();
  expect(kept()).toHaveLength(2);
});

test("what was kept of another bundle is not used and goes, and what cannot be used is made anew", () => {
  const { bundle, folder, load, kept } = setUp();
  const first = load();
  first.keep();
  const [before] = kept();
  writeFileSync(bundle, `exports.say = () => "no, it has changed";`);
  const changed = load();
  expect(changed.say()).toBe("no, it has changed");
  changed.keep();
  expect(kept()).toHaveLength(1);
  const [name = ""] = kept();
  expect(name).not.toBe(before);
  const file = join(folder, "code", name);
  const good = readFileSync(file);
  const zeroed = Buffer.from(good).fill(0, 200);
  for (const damaged of [Buffer.from("nothing"), good.subarray(0, 60), zeroed, Buffer.alloc(0)]) {
    writeFileSync(file, damaged);
    const mended = load();
    expect(mended.say()).toBe("no, it has changed");
    mended.keep();
    expect(readFileSync(file).length).toBe(good.length);
  }
});

test("what V8 refuses since its flags differ is made anew", () => {
  const { load, folder, kept } = setUp();
  load().keep();
  const file = join(folder, "code", kept()[0] ?? "");
  const before = readFileSync(file);
  setFlagsFromString("--no-lazy");
  try {
    const other = load();
    expect(other.say()).toBe("yes bundle.js");
    other.keep();
    expect(readFileSync(file).equals(before)).toBe(false);
  } finally {
    setFlagsFromString("--lazy");
  }
});

test("where nothing can be written a bundle runs all the same", () => {
  const { bundle, folder } = setUp();
  const file = join(folder, "a file");
  writeFileSync(file, "");
  const { exports, keep } = loadCached(bundle, file, "run");
  expect((exports as { say: () => string }).say()).toBe("yes bundle.js");
  expect(keep).not.toThrow();
});
