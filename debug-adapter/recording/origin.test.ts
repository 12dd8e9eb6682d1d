import { expect, test } from "vitest";
import { programsScenario } from "../launch.ts";
import type { LoadedImage } from "../loaded-image.ts";
import { parseScenario } from "../scenario.ts";
import { below, originOf } from "./origin.ts";

const images = (...names: string[]) =>
  new Map(names.map((name) => [name, {} as unknown as LoadedImage]));

test("paths are told relative to the program's folder, and else by their last part", () => {
  const paths = ["/home/ada/w/hello.c", "/home/ada/w/sub/b.c", "/elsewhere/c.c", "/other/c.c"];
  const origin = originOf(
    programsScenario(paths, ["--fast"]),
    { program: paths[0] ?? "", cwd: "/home/ada" },
    images(...paths),
  );
  expect(origin).toMatchObject({ title: "hello.c", folder: "w" });
  expect([...origin.images.keys()]).toEqual(["hello.c", "sub/b.c", "c.c", "2/c.c"]);
  const { environments } = parseScenario("x", JSON.stringify(origin.scenario));
  expect(environments.map(({ name, program }) => [name, program])).toEqual([
    ["hello", "hello.c"],
    ["b", "sub/b.c"],
    ["c", "c.c"],
    ["c-2", "2/c.c"],
  ]);
  expect(environments[0]?.arguments).toEqual(["--fast"]);
  expect(JSON.stringify(origin)).not.toContain("ada");
});

test("whatever keys a scenario has are kept as they were", () => {
  const text = `{ // with a comment
    "description": "two", "machine": {"pages": 600, "tlb": 64}, "tick": 500, "policy": {"excessMax": 3},
    "environments": [{"program": "../share/a.c", "slices": [0, 2]}], "console": [{"at": 3, "text": "x"}] }`;
  const scenario = parseScenario("/w/s/x.exo.json", text);
  const origin = originOf(scenario, { program: "/w/s/x.exo.json" }, images("../share/a.c"));
  expect(parseScenario("x", JSON.stringify(origin.scenario))).toEqual(scenario);
  expect(origin.folder).toBe("");
});

test.each([
  ["/w", "/w/a/b", "a/b"],
  ["/w/", "/w/a", "a"],
  ["/w", "/w", ""],
  ["/w", "/ww/a", undefined],
  ["C:\\w", "C:\\w\\a\\b", "a/b"],
])("below %s, %s is %s", (folder, path, expected) => {
  expect(below(folder, path)).toBe(expected);
});
