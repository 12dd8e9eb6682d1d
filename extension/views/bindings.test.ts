import { expect, test } from "vitest";
import type { BindingItem, BindingsBody } from "../../debug-adapter/protocol.ts";
import { CLIENT, environment, SERVER, server } from "../testing/kernel-state.ts";
import { bindingRows } from "./bindings.ts";
import { asText } from "./row.ts";

const environments = [environment(), server()];
const binding = (fields: Partial<BindingItem> = {}): BindingItem => ({
  environment: CLIENT,
  address: "0x40000000",
  frame: 0x12d,
  rights: "rw-",
  dirty: false,
  guaranteed: false,
  by: { environment: CLIENT, slot: 16 },
  isLoaded: true,
  ...fields,
});
const bindingsAt = (step: number, fields: Partial<BindingsBody> = {}): BindingsBody => ({
  step,
  tlb: {
    slots: 16,
    victim: 3,
    entries: [
      {
        slot: 2,
        environment: CLIENT,
        address: "0x40000000",
        frame: 0x12d,
        rights: "rw-",
        dirty: false,
      },
    ],
  },
  bindings: [
    binding(),
    binding({
      environment: SERVER,
      address: "0x60000000",
      rights: "r--",
      isLoaded: false,
      guaranteed: true,
      by: { environment: CLIENT, slot: 20 },
    }),
  ],
  predicates: [
    {
      environment: SERVER,
      products: ["word 0 of page 0x12d is 1", "step 9000 is past"],
      reads: [{ slot: 18, frame: 0x12d }],
    },
  ],
  filters: [
    {
      filter: 1,
      owner: CLIENT,
      slot: 21,
      text: "bytes 12 to 13 are 0x0800",
      age: 0,
      received: 2,
      dropped: 1,
      ring: [0x140],
    },
  ],
  ...fields,
});

test("TLB, software TLB by environment, predicates and filters, each with what it rests on", () => {
  expect(
    asText(bindingRows({ now: bindingsAt(1), environments, focused: CLIENT })),
  ).toMatchInlineSnapshot(
    `
    "TLB  1 of 16 entries · next to go: 3
      2: 0x40000000  client · page 0x12d · rw-
    client (env 514)  1 binding  (in focus)
      0x40000000  page 0x12d · rw- · in the TLB · by slot 16
    server (env 771)  1 binding · 1 guaranteed
      0x60000000  page 0x12d · r-- · guaranteed · by client slot 20
    Predicates  1
      server (env 771)  word 0 of page 0x12d is 1 or step 9000 is past
        word 0 of page 0x12d is 1
        step 9000 is past  or
        reads page 0x12d  slot 18
    Packet filters  1
      Filter 1  client · bytes 12 to 13 are 0x0800 · 2 received · 1 dropped
        ring: page 0x140
    "
  `.replaceAll("\n    ", "\n"),
  );
});

test("what was bound, broken, woken and received since the last stop is gathered; a refill of the TLB is not", () => {
  const now = bindingsAt(2, {
    bindings: [binding({ isLoaded: false }), binding({ address: "0x50000000" })],
    predicates: [],
    filters: [{ ...bindingsAt(1).filters[0]!, received: 3 }],
  });
  const rows = bindingRows({ now, before: bindingsAt(1), environments });
  const group = rows.find(({ context }) => context === "changes");
  expect(group?.description).toBe("1 new, 1 changed, 2 gone");
  expect(group?.children?.().map(({ label, description }) => `${label}: ${description}`)).toEqual([
    "0x50000000: new · client · page 0x12d · rw- · in the TLB · by slot 16",
    "0x60000000: gone · server",
    "server (env 771): gone · it does not sleep any more",
    "Filter 1: changed · client · bytes 12 to 13 are 0x0800 · 3 received · 1 dropped",
  ]);
});

test("a binding leads to its page and its capability, and is an object by its address", () => {
  const rows = bindingRows({ now: bindingsAt(1), environments });
  const [row] = rows.find(({ id }) => id === `bindings:${SERVER}`)!.children!();
  expect(row?.subject).toEqual({
    environment: CLIENT,
    slot: 20,
    frame: 0x12d,
    object: { environment: SERVER, address: 0x6000_0000 },
  });
});
