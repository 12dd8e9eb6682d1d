import { expect, test } from "vitest";
import { changeOf } from "./look-back.ts";

test("of several hits of one write the one that changed something is told", () => {
  const hit = (id: number, before: number, after: number) => ({
    ...{ id, access: "write" as const, pa: 0x2000, size: 1, from: 0x2000 },
    ...{ before: Uint8Array.of(before), after: Uint8Array.of(after) },
  });
  const [ofUser, same, changed] = [hit(1, 1, 2), hit(1_000_000, 5, 5), hit(1_000_001, 6, 7)];
  expect(changeOf({ hits: [ofUser, same, changed] })).toBe(changed);
});
