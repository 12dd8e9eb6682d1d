import { expect, test } from "vitest";
import type { Branch } from "#exokernel";
import { type EnvironmentInfo, Identities } from "./identities.ts";

const branch = (fork = 0, parent?: Branch): Branch =>
  ({ fork: { step: fork, event: fork }, parent }) as unknown as Branch;
const info = (id: number, name: string): EnvironmentInfo => ({ id, name, image: undefined });

test("what an environment is at a moment is what the last event before it made it", () => {
  const main = branch();
  const identities = new Identities();
  identities.launched(info(1, "init"));
  identities.passed(main, 10, info(2, "init-2"));
  identities.passed(main, 20, info(2, "ls"));
  const names = [10, 11, 20, 21].map((event) => identities.of(2, main, event)?.name);
  expect(names).toEqual([undefined, "init-2", "init-2", "ls"]);
  expect(identities.of(1, main, 0)?.name).toBe("init");
  expect(identities.origin(2, main, 30)?.name).toBe("init-2");
  expect(identities.all(main, 15).map(({ name }) => name)).toEqual(["init", "init-2"]);
});

test("a branch has what was before its fork, and of what came after only its own", () => {
  const main = branch();
  const side = branch(15, main);
  const identities = new Identities();
  identities.passed(main, 10, info(2, "a"));
  identities.passed(main, 20, info(2, "b"));
  identities.passed(side, 20, info(3, "c"));
  expect(identities.of(2, side, 30)?.name).toBe("a");
  expect(identities.of(3, main, 30)).toBeUndefined();
  expect(identities.all(side, 30).map(({ name }) => name)).toEqual(["a", "c"]);
  expect(identities.all(main, 30).map(({ name }) => name)).toEqual(["b"]);
});

test("an event that comes again is known once, and one that comes differently replaces what was known", () => {
  const main = branch();
  const identities = new Identities();
  for (let i = 0; i < 2; i += 1) {
    identities.passed(main, 10, info(2, "a"));
    identities.passed(main, 20, info(2, "b"));
  }
  identities.passed(main, 10, info(2, "a"));
  expect(identities.of(2, main, 30)?.name).toBe("b");
  identities.passed(main, 20);
  expect(identities.of(2, main, 30)?.name).toBe("a");
  identities.passed(main, 10, info(3, "c"));
  expect(identities.of(2, main, 30)).toBeUndefined();
  expect(identities.of(3, main, 30)?.name).toBe("c");
});
