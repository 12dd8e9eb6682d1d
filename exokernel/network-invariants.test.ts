import { expect, test } from "vitest";
import { checkInvariants } from "./invariants.ts";
import type { Kernel } from "./kernel.ts";
import { CAPABILITY, FILTER, FILTER_TERM, RING } from "./layout.ts";
import { refOf } from "./records.ts";
import { insert, listen, ring, withNetwork } from "./testing/network-snippets.ts";
import { A, done, term, wait } from "./testing/snippets.ts";
import { boot } from "./testing/system.ts";

/** Two owners of filters that do not overlap, and one of them has a ring. */
function somewhere() {
  return boot(
    [
      { name: "a", source: `${listen(7)}\n${ring}\n${done}` },
      { name: "b", source: `${wait()}\n${term(256, 0, 1, 0xff, 8)}\n${insert(100)}\n${done}` },
    ],
    withNetwork(),
  );
}

const value = FILTER.terms + FILTER_TERM.value;
const TAMPERINGS: Record<string, [(kernel: Kernel) => void, RegExp]> = {
  "a filter that overlaps another's": [
    ({ core: { records } }) => records.setFilter(1, value, 7),
    /filters 0 and 1 of two owners overlap/,
  ],
  "a filter over one that is gone": [
    ({ core: { records } }) => records.setFilter(1, FILTER.over, refOf(2, 900)),
    /filter 1 is over one that is gone/,
  ],
  "a trie that is not of these filters": [
    (kernel) => {
      kernel.core.filterTrie.match(Uint8Array.of(0));
      kernel.core.records.setFilter(1, value, 9);
    },
    /the trie finds filters {2}for what filter 1 matches, not 1/,
  ],
  "a filter of one who is gone": [
    ({ core: { records } }) => records.setFilter(0, FILTER.owner, A + 0x500),
    /filter 0 is owned by \d+, which is gone/,
  ],
  "a filter without its capability": [
    ({ core: { records } }) => records.setCapability(refOf(2, 100), CAPABILITY.head, 0),
    /filter 0 has no owner's capability/,
  ],
  "a filter that reads beyond a frame": [
    ({ core: { records } }) => records.setFilter(0, FILTER.terms + FILTER_TERM.offset, 1514),
    /filter 0 reads beyond a frame/,
  ],
  "two filters of one age": [
    ({ core: { records } }) => records.setFilter(1, FILTER.age, 0),
    /filter 1 has an age that cannot be: 0/,
  ],
  "a filter that is younger than can be": [
    ({ core: { records } }) => records.setFilter(1, FILTER.age, 9),
    /filter 1 has an age that cannot be: 9/,
  ],
  "a capability for no filter": [
    ({ core: { records } }) => records.setFilter(1, FILTER.termCount, 0),
    /environment index 3 holds filter 1, which is free/,
  ],
  "a record that was left behind": [
    ({ core: { records } }) => records.setRing(9, RING.dropped, 1),
    /filter 9 is free and has a record/,
  ],
  "a head outside of its ring": [
    ({ core: { records } }) => records.setRing(0, RING.head, 4080),
    /the ring of filter 0 has its head at 4080/,
  ],
  "a ring of too many pages": [
    ({ core: { records } }) => records.setRing(0, RING.pageCount, 5),
    /filter 0 has a ring of 5 pages/,
  ],
};

test.each(Object.keys(TAMPERINGS))("the invariants notice %s", (what) => {
  const { kernel } = somewhere();
  kernel.run(2000);
  expect(kernel.core.log.since(0).filter((e) => e.kind === "filterInserted").length).toBe(2);
  expect(checkInvariants(kernel)).toEqual([]);
  const [tamper, sentence] = TAMPERINGS[what];
  tamper(kernel);
  expect(checkInvariants(kernel).join("\n")).toMatch(sentence);
});
