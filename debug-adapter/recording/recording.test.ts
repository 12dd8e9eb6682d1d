/** What is written is read as it was; whatever else is read is refused in one sentence. A failure prints its seed: EXOSCOPE_SEED repeats it. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Intervention, JournalEntry, Position } from "#exokernel";
import { UserError } from "../errors.ts";
import { asText, fromBase64, toBase64 } from "./base64.ts";
import { readRecording } from "./read.ts";
import type { RecordedBranch, RecordedMark, Recording } from "./recording.ts";
import { writeRecording } from "./write.ts";

const FULL = process.env["EXOSCOPE_FULL"] === "1";
const SEED = Number(process.env["EXOSCOPE_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
console.info(`recordings: EXOSCOPE_SEED=${SEED}`);

const word = fc.nat(0xffff_ffff);
const bytes = fc.uint8Array({ maxLength: 40 });
const hexadecimal = (length: number) =>
  fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`)).filter((text) => text.length === length);

const intervention: fc.Arbitrary<Intervention> = fc.oneof(
  fc.record({ kind: fc.constant("console" as const), bytes }),
  fc.record({
    kind: fc.constant("console" as const),
    bytes: fc.string().map((text) => new TextEncoder().encode(text)),
  }),
  fc.record({
    kind: fc.constant("memory" as const),
    environment: fc.integer({ min: 1, max: 0xffff }),
    address: word,
    bytes,
  }),
  fc.record({
    kind: fc.constant("register" as const),
    environment: fc.integer({ min: 1, max: 0xffff }),
    register: fc.integer({ min: 1, max: 32 }),
    value: fc.integer({ min: -0x8000_0000, max: 0xffff_ffff }),
  }),
  fc.record({
    kind: fc.constant("float" as const),
    environment: fc.integer({ min: 1, max: 0xffff }),
    register: fc.nat(31),
    words: fc.tuple(word, word),
  }),
);

/** Steps forward from a position, so that a list of them is in order. */
const strides = fc.array(
  fc.tuple(fc.nat(1_000_000), fc.integer({ min: 1, max: 9 }), intervention),
  { maxLength: 6 },
);

function journalFrom(from: Position, drawn: readonly (readonly [number, number, Intervention])[]) {
  const journal: JournalEntry[] = [];
  let at = from;
  for (const [steps, events, what] of drawn) {
    at = { step: at.step + steps, event: at.event + events };
    journal.push({ at, what });
  }
  return { journal, end: { step: at.step + 5, event: at.event + 1 } };
}

const START: Position = { step: 0, event: 50 };
const name = fc.stringMatching(/^[a-z]{1,8}\.(c|elf)$/);

const recordings: fc.Arbitrary<Recording> = fc
  .record({
    title: fc.string(),
    folder: fc.constantFrom("", "ping-pong", "a/b"),
    files: fc.uniqueArray(
      fc.record({
        name,
        identity: hexadecimal(64).map((text) => `sha256:${text}`),
        buildId: fc.option(hexadecimal(40), { nil: undefined }),
        contents: fc.option(bytes, { nil: undefined }),
      }),
      { minLength: 1, maxLength: 4, selector: (file) => file.name },
    ),
    tick: fc.option(fc.integer({ min: 10, max: 1000 }), { nil: undefined }),
    optimization: fc.constantFrom(undefined, "0" as const, "s" as const),
    branches: fc.array(fc.tuple(fc.string(), strides, fc.nat(), fc.nat()), {
      minLength: 1,
      maxLength: 5,
    }),
    current: fc.nat(),
    hash: hexadecimal(16),
    marks: fc.array(fc.tuple(fc.string(), fc.string(), fc.nat(), fc.nat()), { maxLength: 5 }),
    console: fc.array(fc.record({ at: fc.nat(), text: fc.string() }), { maxLength: 3 }),
  })
  .map((drawn) => {
    const branches: RecordedBranch[] = [];
    for (const [title, list, whose, where] of drawn.branches) {
      const of = whose % Math.max(1, branches.length);
      const parent = branches[of];
      if (parent === undefined) {
        branches.push({ name: title, ...journalFrom(START, list) });
        continue;
      }
      const last = parent.end;
      const fork = { step: where % (last.step + 1), event: START.event };
      branches.push({ name: title, parent: { branch: of + 1, fork }, ...journalFrom(fork, list) });
    }
    const marks: RecordedMark[] = drawn.marks.map(([title, note, whose, where]) => {
      const branch = whose % branches.length;
      const { end } = branches[branch] as RecordedBranch;
      return {
        name: title,
        note,
        branch: branch + 1,
        at: { step: where % (end.step + 1), event: START.event },
      };
    });
    const { title, folder, hash, tick, optimization, files } = drawn;
    return {
      ...{ title, folder, hash, branches, marks },
      scenario: {
        environments: files.map((file, i) => ({ name: `e${i}`, program: file.name })),
        console: drawn.console,
      },
      files: files.map(({ buildId, contents, ...file }) => ({
        ...file,
        ...(buildId === undefined ? {} : { buildId }),
        ...(contents === undefined ? {} : { contents }),
      })),
      ...(tick === undefined ? {} : { tick }),
      ...(optimization === undefined ? {} : { optimization }),
      current: 1 + (drawn.current % branches.length),
    };
  });

test("what is written is read as it was, and is written alike again", () => {
  fc.assert(
    fc.property(recordings, (recording) => {
      const text = writeRecording(recording);
      const read = readRecording("a.exorec", text);
      expect(read.recording).toEqual(recording);
      expect(read.scenario.environments).toHaveLength(recording.files.length);
      expect(writeRecording(read.recording)).toBe(text);
    }),
    { seed: SEED, numRuns: FULL ? 5000 : 200 },
  );
});

/** One change to a text: characters lost, doubled, replaced, or the rest cut off. */
type Damage = readonly [kind: number, at: number, length: number, with_: string];

function damaged(text: string, [kind, where, length, other]: Damage): string {
  const at = where % text.length;
  switch (kind % 4) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + text.slice(at + 1 + (length % 20));
    case 2:
      return text.slice(0, at) + other + text.slice(at + other.length);
    default:
      return text.slice(0, at) + text.slice(at, at + (length % 60)) + text.slice(at);
  }
}

test("a damaged file is a UserError that names it, or still a recording, and never anything else", () => {
  const damage = fc.tuple(
    fc.nat(),
    fc.nat(),
    fc.nat(),
    fc.oneof(
      fc.string({ maxLength: 6 }),
      fc.constantFrom("-", "9", "null", '"', "[", "}", "1e999"),
    ),
  );
  let refused = 0;
  fc.assert(
    fc.property(
      recordings,
      fc.array(damage, { minLength: 1, maxLength: 3 }),
      (recording, changes) => {
        const text = changes.reduce(
          (all, change) => (all === "" ? all : damaged(all, change)),
          writeRecording(recording),
        );
        try {
          readRecording("dir/a.exorec", text);
        } catch (problem) {
          expect(problem).toBeInstanceOf(UserError);
          expect((problem as Error).message).toMatch(/dir\/a\.exorec/);
          refused += 1;
        }
      },
    ),
    { seed: SEED, numRuns: FULL ? 20_000 : 500 },
  );
  expect(refused).toBeGreaterThan(100);
});

const BASE = {
  format: "exoscope-recording",
  version: 1,
  title: "a.c",
  scenario: { environments: [{ name: "a", program: "a.c" }] },
  files: [{ name: "a.c", identity: `sha256:${"0".repeat(64)}` }],
  branches: [
    {
      name: "main",
      end: [900, 70],
      journal: [
        { at: [300, 60], typed: "x" },
        { at: [300, 61], register: { environment: 258, register: 5, value: 7 } },
      ],
    },
    { name: "branch 2", parent: 1, fork: [400, 62], end: [500, 64], journal: [] },
  ],
  current: 2,
  hash: "0123456789abcdef",
  marks: [{ name: "here", branch: 2, at: [450, 63] }],
};
const withBranch = (index: number, change: object) => ({
  branches: BASE.branches.map((branch, i) => (i === index ? { ...branch, ...change } : branch)),
});

test.each([
  ["a truncated file", JSON.stringify(BASE).slice(0, 300), /damaged: its text breaks off/],
  ["something else", "int main(void) { return 0; }", /is not a recording; open a file/],
  ["other JSON", "[]", /is not a recording/],
  ["JSON of another format", { format: "other" }, /is not a recording/],
  ["a later version", { version: 2 }, /has version 2 of the format.*reads version 1; open it/],
  ["no version", { version: undefined }, /has no version of the format/],
  ["an unknown key", { colour: "red" }, /has an unknown key 'colour'/],
  ["no programs", { files: [] }, /'files' lacks the program 'a\.c'/],
  ["an absolute program", { files: [{ ...BASE.files[0], name: "/etc/passwd" }] }, /relative path/],
  [
    "a mark after its branch",
    { marks: [{ name: "m", branch: 2, at: [600, 66] }] },
    /the mark 'm' is at step 600, event 66, and its branch ends at step 500, event 64/,
  ],
  ["a mark on no branch", { marks: [{ name: "m", branch: 3, at: [1, 1] }] }, /from 1 to 2/],
  [
    "a fork after its parent's end",
    withBranch(1, { fork: [901, 71], end: [950, 75] }),
    /after the end of the branch that it leaves/,
  ],
  [
    "a branch that ends before it begins",
    withBranch(1, { end: [399, 62] }),
    /ends before it begins/,
  ],
  ["a branch of its own child", withBranch(1, { parent: 2 }), /from 1 to 1/],
  ["a first branch with a parent", withBranch(0, { parent: 1 }), /cannot have a parent/],
  [
    "a journal out of order",
    withBranch(0, { journal: [...(BASE.branches[0]?.journal ?? [])].reverse() }),
    /not later than/,
  ],
  [
    "a journal after the end",
    withBranch(0, { journal: [{ at: [900, 70], typed: "x" }] }),
    /after the branch's end/,
  ],
  [
    "an entry of no kind",
    withBranch(0, { journal: [{ at: [9, 60] }] }),
    /must have one of 'typed'/,
  ],
  [
    "an entry of two kinds",
    withBranch(0, { journal: [{ at: [9, 60], typed: "", bytes: "" }] }),
    /must have one of/,
  ],
  [
    "a broken base64",
    withBranch(0, { journal: [{ at: [9, 60], bytes: "abc" }] }),
    /must be base64/,
  ],
  ["a position that is none", withBranch(0, { end: [1.5, 3] }), /whole number/],
  ["a scenario that is none", { scenario: { environments: [] } }, /'environments' must be a list/],
  ["a hash that is none", { hash: "abc" }, /sixteen hexadecimal digits/],
] as const)("%s is refused in one sentence", (_, change, sentence) => {
  const text = typeof change === "string" ? change : JSON.stringify({ ...BASE, ...change });
  const read = () => readRecording("a.exorec", text);
  expect(read).toThrow(UserError);
  expect(read).toThrow(sentence);
  expect(read).toThrow(/^[^\n]*a\.exorec[^\n]*$/);
});

test("keys that are not known are passed over only in a later revision of the version", () => {
  const later = { ...BASE, revision: 1, colour: "red" };
  expect(readRecording("a.exorec", JSON.stringify(later)).recording.current).toBe(2);
  expect(() => readRecording("a.exorec", JSON.stringify({ ...later, revision: 0 }))).toThrow(
    /unknown key/,
  );
});

test("base64 comes back, and what is no encoding is none", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20_000 }), (all) => {
      expect(fromBase64(toBase64(all))).toEqual(all);
      expect(toBase64(all)).toBe(Buffer.from(all).toString("base64"));
    }),
    { seed: SEED, numRuns: 50 },
  );
  for (const text of ["a", "abc", "ab=c", "a b=", "=aaa", "ab-_"]) {
    expect(fromBase64(text)).toBeUndefined();
  }
  expect(asText(Uint8Array.of(0xef, 0xbb, 0xbf, 0x41))).toBe("\ufeffA");
  expect(asText(Uint8Array.of(0xc3))).toBeUndefined();
});
