import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RIGHT, Tlb, type TlbEntry } from "./tlb.ts";

const entry = (vpn: number, frame = vpn, asid = 0, rights: number = RIGHT.R): TlbEntry => ({
  asid,
  vpn,
  frame,
  rights,
});

function tlbOf(entryCount: number): Tlb {
  return new Tlb(new ArrayBuffer(0x10000), entryCount, 1 << 17);
}

describe("the victim", () => {
  test("is named by a counter that goes round, whichever entries are used or free", () => {
    const tlb = tlbOf(3);
    for (const vpn of [10, 11, 12]) tlb.write(entry(vpn));
    tlb.lookup(0, 10);
    tlb.write(entry(13));
    expect(tlb.slots().map((slot) => slot?.vpn)).toEqual([13, 11, 12]);
    tlb.invalidatePage(0, 12);
    tlb.write(entry(14));
    expect(tlb.slots().map((slot) => slot?.vpn)).toEqual([13, 14, undefined]);
    expect(tlb.victim).toBe(2);
  });

  test("is not asked for when the page has an entry already", () => {
    const tlb = tlbOf(3);
    tlb.write(entry(10));
    tlb.write(entry(10, 99, 0, RIGHT.R | RIGHT.W));
    expect(tlb.entries()).toEqual([entry(10, 99, 0, RIGHT.R | RIGHT.W)]);
    expect(tlb.victim).toBe(1);
  });

  test("of two equal pages in different address spaces is not the other one", () => {
    const tlb = tlbOf(4);
    tlb.write(entry(10, 1, 1));
    tlb.write(entry(10, 2, 2));
    expect(tlb.lookup(1, 10)?.frame).toBe(1);
    expect(tlb.lookup(2, 10)?.frame).toBe(2);
    expect(tlb.lookup(3, 10)).toBeUndefined();
  });
});

describe("invalidating", () => {
  function filled(): Tlb {
    const tlb = tlbOf(8);
    tlb.write(entry(1, 100, 1));
    tlb.write(entry(2, 100, 1));
    tlb.write(entry(1, 100, 2));
    tlb.write(entry(3, 101, 2));
    return tlb;
  }
  const pages = (tlb: Tlb) => tlb.entries().map(({ asid, vpn }) => `${asid}:${vpn}`);

  test.each`
    what         | act                                       | left
    ${"a page"}  | ${(tlb: Tlb) => tlb.invalidatePage(1, 1)} | ${["1:2", "2:1", "2:3"]}
    ${"a frame"} | ${(tlb: Tlb) => tlb.invalidateFrame(100)} | ${["2:3"]}
    ${"an asid"} | ${(tlb: Tlb) => tlb.invalidateAsid(2)}    | ${["1:1", "1:2"]}
    ${"all"}     | ${(tlb: Tlb) => tlb.invalidateAll()}      | ${[]}
    ${"a miss"}  | ${(tlb: Tlb) => tlb.invalidatePage(9, 9)} | ${["1:1", "1:2", "2:1", "2:3"]}
  `("$what leaves what doesn't concern it", ({ act, left }) => {
    const tlb = filled();
    act(tlb);
    expect(pages(tlb)).toEqual(left);
  });
});

test("the extreme page, frame and address space are kept exactly", () => {
  const tlb = tlbOf(2);
  const extreme = entry(0xfffff, (1 << 17) - 1, 255, 15);
  tlb.write(extreme);
  expect(tlb.lookup(255, 0xfffff)).toEqual(extreme);
});

test.each`
  wrong                 | because
  ${entry(1 << 20)}     | ${"there are 2^20 pages"}
  ${entry(1, 1 << 17)}  | ${"the frame doesn't exist"}
  ${entry(1, 1, 256)}   | ${"there are 256 address spaces"}
  ${entry(1, 1, 0, 16)} | ${"there are four rights"}
`("an entry $wrong is refused: $because", ({ wrong }) => {
  expect(() => tlbOf(2).write(wrong)).toThrow(/assertion failed/);
});

test("what the TLB and its lookasides say is what a plain model says, whatever is done in whatever order", () => {
  const page = fc.constantFrom(0, 1, 2, 1024, 1025, 0xfffff);
  const asid = fc.constantFrom(0, 1, 255);
  const frame = fc.nat(3);
  type Act = (tlb: Tlb, model: Model) => void;
  const acts: fc.Arbitrary<Act> = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.tuple(asid, page, frame, fc.nat(15)).map(
        ([asid, vpn, frame, rights]): Act =>
          (tlb, model) => {
            tlb.write({ asid, vpn, frame, rights });
            model.write({ asid, vpn, frame, rights });
          },
      ),
    },
    fc.tuple(asid, page).map(
      ([asid, vpn]): Act =>
        (tlb, model) => {
          tlb.invalidatePage(asid, vpn);
          model.keep((slot) => slot.asid !== asid || slot.vpn !== vpn);
        },
    ),
    frame.map(
      (frame): Act =>
        (tlb, model) => {
          tlb.invalidateFrame(frame);
          model.keep((slot) => slot.frame !== frame);
        },
    ),
    asid.map(
      (asid): Act =>
        (tlb, model) => {
          tlb.invalidateAsid(asid);
          model.keep((slot) => slot.asid !== asid);
        },
    ),
    fc.constant<Act>((tlb) => tlb.rebuild()),
  );
  fc.assert(
    fc.property(fc.array(acts, { maxLength: 60 }), fc.integer({ min: 1, max: 5 }), (list, size) => {
      const tlb = tlbOf(size);
      const model = new Model(size);
      for (const act of list) {
        act(tlb, model);
        expect(tlb.slots()).toEqual(model.slots);
        // The lookasides are filled as the interpreter does, and must never outlive their entry.
        for (const { asid, vpn, frame } of tlb.entries()) tlb.loads.put(asid, vpn, frame);
        const { entries } = tlb.loads;
        for (let slot = 0; slot < entries.length; slot += 4) {
          const tag = entries[slot];
          if (tag === 0) continue;
          const frame = tlb.lookup((tag >>> 2) & 0xff, tag >>> 12)?.frame;
          expect(frame).toBe(entries[slot + 1] >>> 12);
        }
      }
    }),
    { numRuns: 60 },
  );
});

/** A TLB as one would write it down. */
class Model {
  readonly slots: (TlbEntry | undefined)[];
  #victim = 0;

  constructor(size: number) {
    this.slots = new Array(size).fill(undefined);
  }

  write(written: TlbEntry): void {
    const same = this.slots.findIndex(
      (slot) => slot?.asid === written.asid && slot.vpn === written.vpn,
    );
    this.slots[same < 0 ? this.#victim : same] = written;
    if (same < 0) this.#victim = (this.#victim + 1) % this.slots.length;
  }

  keep(isKept: (entry: TlbEntry) => boolean): void {
    for (const [index, slot] of this.slots.entries()) {
      if (slot && !isKept(slot)) this.slots[index] = undefined;
    }
  }
}
