/** What an environment has at a moment, by keys that stay the same as long as it has the same thing. */
import { indexOfId, type KernelView, refSlot, rightsText } from "#exokernel";
import type { Holding } from "./syntax.ts";

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

export function holdingsOf(view: KernelView, id: number, holding: Holding): string[] {
  switch (holding) {
    case "pages":
      return Array.from({ length: view.pageCount }, (_, frame) => view.page(frame))
        .filter(({ state, owner }) => state === "owned" && owner === id)
        .map(({ frame }) => `page ${hex(frame)}`);
    case "capabilities":
      return view
        .capabilities(id)
        .map(
          ({ ref, kind, resource, rights }) =>
            `slot ${refSlot(ref)} (${kind} ${hex(resource)}, ${rightsText(rights)})`,
        );
    case "slices":
      return view
        .slices()
        .filter(({ owner }) => owner === id)
        .map(({ position }) => `slice ${position}`);
    case "extents":
      return view
        .extents()
        .filter(({ owner }) => owner === id)
        .map(({ number, first, count }) => `extent ${number} (${count} sectors from ${first})`);
    case "filters":
      return view
        .filters()
        .filter(({ owner }) => owner === id)
        .map(({ number }) => `filter ${number}`);
    case "bindings":
      return view
        .bindings(id)
        .filter(({ environmentIndex }) => environmentIndex === indexOfId(id))
        .map(
          ({ virtualPage, frame, rights }) =>
            `${hex(virtualPage * 4096)} to page ${hex(frame)} ${rightsText(rights).slice(0, 3)}`,
        );
  }
}
