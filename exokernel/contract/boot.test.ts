import { expect, test } from "vitest";
import { ERRORS } from "../abi.ts";
import { ENV, LAUNCHER_INDEX, UNIQUIFIER_MAX } from "../layout.ts";
import { call, counting, done } from "../testing/snippets.ts";
import { boot } from "../testing/system.ts";

test("C11: the launcher may destroy the environment that runs, and the run goes on with the next", () => {
  const system = boot([
    { name: "a", source: counting() },
    { name: "b", source: counting() },
  ]);
  system.run(500);
  expect(system.view.running).toBe(system.id("a"));
  expect(system.launcherCall("envDestroy", system.control("a"))).toBe(0);
  expect(system.view.running).toBe(0);
  expect(system.run(500)).toEqual({ kind: "budget" });
  expect(system.view.running).toBe(system.id("b"));
});

test("C11: the launcher cannot be destroyed, not even by itself", () => {
  const system = boot([{ name: "a", source: done }]);
  expect(system.launcherCall("envDestroy", 0)).toBe(ERRORS.INVAL.code);
  expect(system.events("refused")[0]).toMatchObject({ guard: "the launcher stays" });
  expect(system.run(500)).toEqual({ kind: "budget" });
});

test("C10: an index whose uniquifiers are used up is not used again, so that ids stay positive and do not come twice", () => {
  const system = boot([{ name: "a", source: call("ENV_DESTROY", [0]) }]);
  const { records } = system.kernel.core;
  system.run(500);
  records.setEnv(2, ENV.id, UNIQUIFIER_MAX * 256 - 256 + 2);
  const last = system.launcherCall("envCreate", 4, 100);
  expect([last, last >>> 8, last & 0xff]).toEqual([last, UNIQUIFIER_MAX, 2]);
  expect(last).toBeLessThan(2 ** 31);
  system.launcherCall("envDestroy", 100);
  expect(system.launcherCall("envCreate", 4, 100) & 0xff).toBe(3);
  expect(LAUNCHER_INDEX).toBe(1);
});
