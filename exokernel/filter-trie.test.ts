import fc from "fast-check";
import { expect, test } from "vitest";
import { canMatch, type FilterTerm, matches, specificity, termsText } from "./filter-terms.ts";
import { byWinning, FilterTrie } from "./filter-trie.ts";
import { placeFor } from "./rings.ts";

const term = (offset: number, size: number, mask: number, value: number): FilterTerm => ({
  offset,
  size,
  mask,
  value,
});

/** Few offsets and values, so that filters share prefixes, overlap and match. */
const terms = (bytes: number): fc.Arbitrary<FilterTerm> =>
  fc
    .record({
      size: fc.constantFrom(1, 2, 4),
      at: fc.nat(bytes),
      mask: fc.constantFrom(0, 1, 0x3, 0x101, 0x0201_0301, 0xffff_ffff),
      value: fc.constantFrom(0, 1, 0x0100, 0x0101_0101, 0x0001_0001, 0x0200_0000),
    })
    .map(({ size, at, mask, value }) => {
      const kept = size === 4 ? mask : mask & (2 ** (8 * size) - 1);
      return term(Math.min(at, Math.max(0, bytes - size)), size, kept >>> 0, (value & kept) >>> 0);
    });
const filters = fc
  .array(fc.array(terms(8), { minLength: 1, maxLength: 4 }), { maxLength: 20 })
  .map((lists) =>
    lists
      .filter((list) => canMatch(...list))
      .map((list, i) => ({ number: i, age: (i * 7) % 20, terms: list })),
  );
const frames = fc.array(fc.constantFrom(0, 0, 1, 1, 2, 3), { minLength: 1, maxLength: 12 });

test("the trie finds what asking each filter finds, the winner first", () => {
  fc.assert(
    fc.property(filters, fc.array(frames, { minLength: 1, maxLength: 10 }), (list, many) => {
      const trie = new FilterTrie(list);
      for (const bytes of many) {
        const frame = Uint8Array.from(bytes);
        const expected = list
          .filter((filter) => matches(filter.terms, frame))
          .sort(byWinning)
          .map(({ number }) => number);
        expect(trie.match(frame)).toEqual(expected);
      }
    }),
    { numRuns: 300 },
  );
});

test("terms can match together exactly when some frame matches them all", () => {
  // Frames of two bytes of which the two lowest bits count: all of them can be tried.
  const small = fc.array(
    fc
      .record({ offset: fc.nat(1), mask: fc.nat(3), value: fc.nat(3) })
      .map(({ offset, mask, value }) => term(offset, 1, mask, value & mask)),
    { minLength: 1, maxLength: 5 },
  );
  fc.assert(
    fc.property(small, (list) => {
      const found = Array.from({ length: 16 }, (_, i) => Uint8Array.of(i & 3, i >> 2)).some(
        (frame) => matches(list, frame),
      );
      expect(canMatch(...list)).toBe(found);
    }),
  );
});

test("fields are big-endian, as on the wire, and a frame that ends before them does not match", () => {
  const frame = Uint8Array.of(0x12, 0x34, 0x56, 0xf8, 0x9a);
  expect(matches([term(0, 2, 0xffff, 0x1234)], frame)).toBe(true);
  expect(matches([term(0, 4, 0xffff_ffff, 0x1234_56f8)], frame)).toBe(true);
  expect(matches([term(1, 4, 0xff00_00ff, 0x3400_009a)], frame)).toBe(true);
  expect(matches([term(4, 1, 0xff, 0x9a)], frame)).toBe(true);
  expect(matches([term(4, 2, 0, 0)], frame)).toBe(false);
  expect(matches([term(5, 1, 0, 0)], frame)).toBe(false);
});

test("overlap is seen byte for byte, whatever the sizes of the terms", () => {
  const port = term(36, 2, 0xffff, 7);
  expect(canMatch(port, term(36, 2, 0xffff, 9))).toBe(false);
  expect(canMatch(port, term(37, 1, 0xff, 7))).toBe(true);
  expect(canMatch(port, term(37, 1, 0xff, 9))).toBe(false);
  expect(canMatch(port, term(34, 4, 0xffff_0000, 0x1234_0000))).toBe(true);
  expect(canMatch(port, term(34, 4, 0xffff_ffff, 0x1234_0009))).toBe(false);
});

test("how specific filters are is how many different bits they compare", () => {
  expect(specificity([term(0, 2, 0xffff, 0)])).toBe(16);
  expect(specificity([term(0, 2, 0xff00, 0), term(0, 1, 0x0f, 0), term(9, 4, 1, 1)])).toBe(9);
  expect(specificity([term(0, 1, 0, 0)])).toBe(0);
  expect(
    termsText([term(36, 2, 0xffff, 7), term(0, 4, 0xffff_ffff, 1), term(0, 1, 0xf0, 16)]),
  ).toBe("16 bits at 36 = 0x7, 32 bits at 0 = 0x1, 8 bits at 0 & 0xf0 = 0x10");
});

test("a place in a ring never touches what was not taken, and an empty ring takes every frame", () => {
  const size = 4096 - 16;
  const positions = fc.nat(size / 8 - 1).map((at) => 8 * at);
  const needs = fc.integer({ min: 2, max: 191 }).map((n) => 8 * n);
  fc.assert(
    fc.property(positions, positions, needs, (head, tail, need) => {
      const place = placeFor(head, tail, size, need);
      if (head === tail) expect(place).toBeDefined();
      if (place === undefined) return;
      expect(place + need).toBeLessThanOrEqual(size);
      const next = (place + need) % size;
      // Full is never taken for empty, and from the tail to the head everything stays.
      expect(next).not.toBe(tail);
      const taken = (at: number) =>
        head >= tail ? at >= tail && at < head : at >= tail || at < head;
      for (let at = place; at < place + need; at += 8) expect(taken(at)).toBe(false);
    }),
    { numRuns: 500 },
  );
});
