import { expect, test } from "vitest";
import { checkInvariants } from "./invariants.ts";
import type { Kernel } from "./kernel.ts";
import { CAPABILITY, ENV, ENV_STATE, HEADER, PAGE_RECORD, STLB } from "./layout.ts";
import { refOf } from "./records.ts";
import { call, done, setEntry } from "./testing/snippets.ts";
import { boot } from "./testing/system.ts";

const A = 2;
const B = 3;
/** Slot of the data page, which the launcher fills after that of the text. */
const DATA_SLOT = 17;

function somewhere() {
  return boot(
    [
      {
        name: "a",
        source: `
        ${call("CAP_DERIVE", [0, DATA_SLOT, 0, 100, 3])}
        ${call("BIND", [0, 0x40000, 100, 3])}
        li t0, 0x40000
        sw t0, 0(t0)
        ${call("CAP_DERIVE", [0, 100, 0, 101, 1])}
        ${done}`,
      },
      { name: "b", source: `${setEntry("ENTRY_TRANSFER", "1f")}\n1: ${done}` },
    ],
    { pages: 280 },
  );
}

test("nothing is wrong with a system that nobody has tampered with", () => {
  const system = somewhere();
  system.kernel.run(20_000);
  expect(checkInvariants(system.kernel)).toEqual([]);
});

/** Words of the records changed behind the kernel's back, and what must be noticed. */
const TAMPERINGS: Record<string, [(kernel: Kernel) => void, RegExp]> = {
  "a free page lost": [
    ({ core: { records } }) => {
      const first = records.header(HEADER.freeFirst);
      records.setHeader(HEADER.freeFirst, records.page(first, PAGE_RECORD.owner));
    },
    /free and not in the list/,
  ],
  "a page that nobody uses": [
    ({ core: { records } }) =>
      records.setPage(records.header(HEADER.freeLast), PAGE_RECORD.state, 1),
    /the kernel's and of no use to it/,
  ],
  "an owner that is gone": [
    ({ core: { records } }) =>
      records.setPage(
        records.capability(refOf(A, DATA_SLOT), CAPABILITY.resource),
        PAGE_RECORD.owner,
        0x902,
      ),
    /which is gone/,
  ],
  "rights that grew": [
    ({ core: { records } }) => {
      const ref = refOf(A, 101);
      records.setCapability(
        ref,
        CAPABILITY.head,
        records.capability(ref, CAPABILITY.head) | (7 << 8),
      );
    },
    /slot 101 of environment index 2 has more than its parent/,
  ],
  "another resource than the parent's": [
    ({ core: { records } }) => records.setCapability(refOf(A, 101), CAPABILITY.resource, 150),
    /has more than its parent/,
  ],
  "a capability that derives from itself": [
    ({ core: { records } }) => {
      records.setCapability(refOf(A, 100), CAPABILITY.parent, refOf(A, 101));
    },
    /derives from itself/,
  ],
  "a capability without its parent": [
    ({ core: { records } }) =>
      records.setCapability(refOf(A, 101), CAPABILITY.parent, refOf(A, 99)),
    /derives from an empty slot/,
  ],
  "a binding with more rights than its capability": [
    ({ core: { records } }) => {
      const ref = refOf(A, 100);
      const head = records.capability(ref, CAPABILITY.head);
      records.setCapability(ref, CAPABILITY.head, (head & ~0xff00) | (1 << 8));
    },
    /has more rights than its capability/,
  ],
  "a binding whose capability is gone": [
    ({ core: { records } }) => records.setCapability(refOf(A, 100), CAPABILITY.head, 0),
    /has no capability/,
  ],
  "a TLB entry without a binding": [
    ({ core, machine }) =>
      machine.tlb.write({ asid: A, vpn: 0x999, frame: core.records.pageCount - 1, rights: 1 }),
    /TLB entry for page 2457 of environment index 2 has no binding/,
  ],
  "a TLB entry that outlives its binding": [
    ({ core: { records } }) => {
      for (let entry = 0; entry < 4096; entry += 1) {
        if (records.stlb(entry, STLB.capability) === refOf(A, 100))
          records.setStlb(entry, STLB.tag, 0);
      }
    },
    /TLB entry for page 64 of environment index 2 has no binding/,
  ],
  "a writable TLB entry for a page that the record says is clean": [
    ({ core: { records } }) => {
      for (let entry = 0; entry < 4096; entry += 1) {
        if (records.stlb(entry, STLB.capability) === refOf(A, 100)) {
          records.setStlb(entry, STLB.data, records.stlb(entry, STLB.data) & ~8);
        }
      }
    },
    /TLB entry for page 64/,
  ],
  "a slice with two owners": [
    ({ core: { records } }) => records.setSlice(0, records.idOf(B), records.sliceCapability(1)),
    /slice 0 has no owner's capability/,
  ],
  "a slice of one who is gone": [
    ({ core: { records } }) => records.setSlice(5, 0x902, 0),
    /slice 5 is owned by 2306, which is gone/,
  ],
  "one who waits for itself": [
    ({ core: { records } }) => {
      records.setEnv(B, ENV.state, ENV_STATE.waiting);
      records.setEnv(B, ENV.waitingOn, records.idOf(B));
    },
    /waits for itself/,
  ],
  "one who waits in no transfer": [
    ({ core: { records } }) => records.setEnv(B, ENV.state, ENV_STATE.waiting),
    /waits for 0 in another state/,
  ],
  "a running environment that sleeps": [
    ({ core: { records, current } }) => records.setEnv(current, ENV.state, ENV_STATE.sleeping),
    /the running environment is in state 3/,
  ],
  "upcalls that the machine does not see": [
    ({ core: { records } }) => {
      records.setEnv(A, ENV.entries + 4 * 20, 0x1_0000);
      records.setEnv(A, ENV.pending, 1 << 4);
    },
    /the machine sees 0 pending, the record says 16/,
  ],
  "registers of one who is gone": [
    ({ core: { records } }) => records.setWord(records.saveArea(77) + 8, 5),
    /environment index 77 is gone and has registers/,
  ],
};

test.each(Object.keys(TAMPERINGS))("the invariants notice %s", (what) => {
  const { kernel } = somewhere();
  kernel.run(200);
  expect(kernel.core.current).toBe(A);
  const [tamper, sentence] = TAMPERINGS[what];
  tamper(kernel);
  expect(checkInvariants(kernel).join("\n")).toMatch(sentence);
});
