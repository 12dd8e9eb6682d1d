/** What a guest's header says of the exposed state is where the kernel's records lie. */
import { expect, test } from "vitest";
import { ENVIRONMENT_STATES, fieldOffset, PAGE_STATES, STRUCTURES, structureSize } from "./abi.ts";
import {
  COUNTERS,
  ENV,
  ENV_STATE,
  EXTENT,
  HEADER,
  PAGE_FLAG,
  PAGE_RECORD,
  PAGE_STATE,
  SLICE_BYTES,
  STLB,
} from "./layout.ts";

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const { counters: _, ...environment } = ENV;
const counters = Object.fromEntries(
  COUNTERS.map((name, i) => [name, ENV.counters + 4 * i] as const),
);
/** Not fields: the size of a record, and a flag in a word. */
const OTHERS = ["bytes", "valid"];

const ROWS: readonly [keyof typeof STRUCTURES, Readonly<Record<string, number>>, number][] = [
  ["exo_state_header", HEADER, HEADER.sliceVector + 64 * SLICE_BYTES],
  ["exo_state_page", PAGE_RECORD, PAGE_RECORD.bytes],
  ["exo_state_environment", { ...environment, ...counters }, ENV.bytes],
  ["exo_state_stlb", STLB, STLB.bytes],
  ["exo_state_extent", EXTENT, EXTENT.bytes],
];

test.each(ROWS)(
  "%s has each field where the kernel has it, and no other",
  (name, layout, bytes) => {
    const fields = Object.entries(layout).filter(([field]) => !OTHERS.includes(field));
    const there = fields.map(([field]) => [field, fieldOffset(name, snake(field))]);
    expect(there).toEqual(fields);
    const named = STRUCTURES[name].fields.map((field) => field.name);
    const unknown = named.filter((each) => !fields.some(([field]) => snake(field) === each));
    for (const each of unknown) expect(each).toMatch(/^unused/);
    expect(structureSize(name)).toBe(bytes);
  },
);

test("states and flags have the kernel's numbers", () => {
  expect(PAGE_STATES).toEqual({ ...PAGE_STATE, ...PAGE_FLAG });
  expect(ENVIRONMENT_STATES).toEqual(ENV_STATE);
});
