import { expect, test } from "vitest";
import { parseKernelObject } from "../debug-adapter/watched-target.ts";
import { breakOff, breakOn, WATCHES, watchOf } from "./break-on.ts";
import type { KernelModel } from "./kernel-model.ts";

/** A model that shows a session which notes what it is asked. */
function noting(): { readonly model: KernelModel; readonly asked: unknown[][] } {
  const asked: unknown[][] = [];
  const session = {
    customRequest: async (...request: unknown[]) => {
      asked.push(request);
    },
  };
  return { model: { shown: { session } } as unknown as KernelModel, asked };
}

test.each`
  command                         | subject                                       | dataId                | because
  ${"exoscope.breakOnOwner"}      | ${{ frame: 0x92, environment: 258, slot: 3 }} | ${"page:0x92:owner"}  | ${"it is about the page, whoever owns it"}
  ${"exoscope.breakOnPage"}       | ${{ frame: 0x92 }}                            | ${"page:0x92"}        | ${"a page of the kernel's has no slot"}
  ${"exoscope.breakOnCapability"} | ${{ environment: 258, slot: 0, frame: 9 }}    | ${"capability:258:0"} | ${"slot 0 is one too"}
`("$command asks to stop for $dataId: $because", async ({ command, subject, dataId }) => {
  const { model, asked } = noting();
  await breakOn(model, WATCHES[command]?.of(subject) ?? "");
  expect(asked).toEqual([["exo/breakOn", { dataId }]]);
});

test("a row that is about something else has nothing to watch, and each command says what it wants", () => {
  for (const { of, what } of Object.values(WATCHES)) {
    expect(of({ environment: 258 })).toBeUndefined();
    expect(what).toMatch(/^a \w+$/);
  }
});

test("all are removed at once", async () => {
  const { model, asked } = noting();
  await breakOff(model);
  expect(asked).toEqual([["exo/breakOff", {}]]);
});

test.each<[Parameters<typeof watchOf>[0], string]>([
  [{ page: 0x92 }, "page:0x92:owner"],
  [{ slice: 3 }, "slice:3"],
  [{ extent: 5 }, "extent:5"],
  [{ filter: 2 }, "filter:2"],
  [{ environment: 258 }, "environment:258"],
  [{ environment: 258, slot: 16 }, "capability:258:16"],
  [{ environment: 258, address: 0x4000_0000 }, "binding:258:0x40000000"],
])("%j is watched by a name that the adapter knows", (object, dataId) => {
  expect(watchOf(object)).toBe(dataId);
  expect(parseKernelObject(dataId)).toBeDefined();
});
