import { expect, test } from "vitest";
import { breakOff, breakOn, WATCHES } from "./break-on.ts";
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
  await breakOn(model, command, subject);
  expect(asked).toEqual([["exo/breakOn", { dataId }]]);
});

test("a row that is about something else asks for nothing", async () => {
  const { model, asked } = noting();
  for (const command of Object.keys(WATCHES)) await breakOn(model, command, { environment: 258 });
  await breakOn(model, "exoscope.breakOnPage", undefined);
  expect(asked).toEqual([]);
});

test("all are removed at once", async () => {
  const { model, asked } = noting();
  await breakOff(model);
  expect(asked).toEqual([["exo/breakOff", {}]]);
});
