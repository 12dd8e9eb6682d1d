/** The timeline's row of buttons. */
import type { TimelinePicture } from "./messages.ts";

export interface ToolbarActions {
  readonly fit: () => void;
  readonly zoom: (direction: "in" | "out") => void;
  readonly event: (by: 1 | -1) => void;
  readonly marker: (which: "A" | "B") => void;
  readonly travel: () => void;
  readonly save: () => void;
  readonly text: () => void;
}

export function button(label: string, title: string, run: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  made.title = title;
  made.addEventListener("click", run);
  return made;
}

export function part(className: string, role?: string): HTMLElement {
  const made = document.createElement("div");
  made.className = className;
  if (role !== undefined) made.setAttribute("role", role);
  return made;
}

/** `delta` says how far the markers are apart, `branches` chooses one to look at. */
export function toolbar(
  actions: ToolbarActions,
  delta: HTMLElement,
  branches: HTMLElement,
): HTMLElement {
  const bar = part("bar", "toolbar");
  bar.setAttribute("aria-label", "Timeline");
  bar.append(
    button("Fit", "Show everything (F)", actions.fit),
    button("−", "Zoom out (S or down arrow)", () => actions.zoom("out")),
    button("+", "Zoom in (W or up arrow)", () => actions.zoom("in")),
    button("‹ Event", "Previous event (,)", () => actions.event(-1)),
    button("Event ›", "Next event (.)", () => actions.event(1)),
    button("Set A", "Marker A at the cursor ([)", () => actions.marker("A")),
    button("Set B", "Marker B at the cursor (])", () => actions.marker("B")),
    delta,
    part("gap"),
    branches,
    button("Go Here", "Travel to the cursor (Enter)", actions.travel),
    button("Export…", "Save for Perfetto or Chrome", actions.save),
    button("As Text", "Open the timeline as text (T)", actions.text),
  );
  return bar;
}

/** The branches to choose from, if there is more than one. */
export function listBranches(
  select: HTMLSelectElement,
  branches: TimelinePicture["branches"],
): void {
  select.replaceChildren(
    ...branches.map(({ id, name, isCurrent }) => {
      const option = document.createElement("option");
      option.value = `${id}`;
      option.textContent = `${name}${isCurrent ? " (here)" : ""}`;
      return option;
    }),
  );
  select.hidden = branches.length < 2;
}
