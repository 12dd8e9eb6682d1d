/**
 * How long a frame of the map and of the timeline takes while they are panned and zoomed, and what is left after 250 stops (1,000 with
 * EXOSCOPE_FULL=1), for 64 environments, 65,536 pages and 100,000 events. The figures are printed. `work` is the page's script in a frame and the drawing of
 * its canvas by the processor; `interval` is from one frame to the next, which other work of the machine makes longer.
 */
import { expect, test } from "vitest";
import { environmentMarks } from "../../pictures/environment-marks.ts";
import { changesBetween, pageTable } from "../../pictures/page-map/page-table.ts";
import type { TimelineWish } from "../../pictures/timeline/messages.ts";
import {
  ENVIRONMENTS,
  EVENTS,
  environments,
  madeUpCapabilities,
  madeUpPages,
  madeUpRun,
  PAGES,
  timelineOf,
} from "./made-up.ts";
import { type FrameTimes, PicturePage } from "./picture-page.ts";

/** What is wished for, of a machine that does nothing else: figures of a loaded one are printed, and fail only far above it. */
const MOST_MS = 33 * 3;

function print(what: string, times: FrameTimes): void {
  const of = (part: "script" | "work" | "interval") =>
    `${part} ${["median", "p95", "most"].map((at) => `${at} ${times[part][at as "p95"].toFixed(1)}`).join(", ")} ms`;
  console.log(`${what}, ${times.frames} frames: ${of("work")}; ${of("script")}; ${of("interval")}`);
}

const WHEEL = (selector: string, count: number, options: string) => `
  Array.from({ length: ${count} }, (_, i) => () => {
    const target = document.querySelector("${selector}");
    const box = target.getBoundingClientRect();
    target.dispatchEvent(new WheelEvent("wheel", {
      bubbles: true, cancelable: true, clientX: box.left + box.width * 0.6, clientY: box.top + box.height / 2, ...${options},
    }));
  })`;

async function timeline(): Promise<PicturePage> {
  const run = madeUpRun(EVENTS);
  const picture = await PicturePage.open("timeline", {
    heard: ({ wish }) => {
      const asked = wish as TimelineWish | undefined;
      if (asked?.kind === "window") return { kind: "window", timeline: timelineOf(run, asked) };
      if (asked?.kind !== "events") return undefined;
      const { events } = timelineOf(run, { from: 0, to: 0, events: asked });
      return { kind: "events", branch: 0, events };
    },
  });
  await picture.body({ timeline: timelineOf(run, {}), branches: [] });
  await picture.page.waitForTimeout(500);
  return picture;
}

test("panning and zooming the timeline", async () => {
  const picture = await timeline();
  const all: FrameTimes[] = [];
  const measure = async (what: string, steps: string) => {
    const times = await picture.frames(steps);
    print(`timeline of ${EVENTS} events and ${ENVIRONMENTS} environments, ${what}`, times);
    all.push(times);
    await picture.page.waitForTimeout(300);
  };
  const IN = "{ deltaY: -100, ctrlKey: true }";
  await picture.page.screenshot({ path: "test-results/frames-timeline-whole.png" });
  await measure("zoom", WHEEL(".plot", 120, "{ deltaY: i % 24 < 12 ? -100 : 100, ctrlKey: true }"));
  await measure(
    "zoom about the whole",
    WHEEL(".plot", 120, "{ deltaY: i % 4 < 2 ? -100 : 100, ctrlKey: true }"),
  );
  for (const zoom of [2, 5, 11, 57, 650]) {
    const by = Math.round(Math.log(zoom) / Math.log(1.5));
    await picture.frames(WHEEL(".plot", by, IN));
    await picture.page.waitForTimeout(500);
    await picture.page.screenshot({ path: `test-results/frames-timeline-${zoom}.png` });
    await measure(`pan at zoom ${zoom}`, WHEEL(".plot", 120, "{ deltaX: i < 60 ? 60 : -60 }"));
    await picture.frames(WHEEL(".plot", by, "{ deltaY: 100, ctrlKey: true }"));
  }
  expect(picture.errors).toEqual([]);
  await picture.close();
  for (const times of all) {
    expect(times.work.p95).toBeLessThan(MOST_MS);
  }
});

const marks = environmentMarks(
  environments.map((id, i) => ({ id, index: i + 2, name: `program ${i}`, isLauncher: false })),
);
function mapBody(stop: number, pageCount: number) {
  const [before, now] = [
    pageTable(madeUpPages(stop - 1, pageCount)),
    pageTable(madeUpPages(stop, pageCount)),
  ];
  const { step, owner, flags } = before;
  const changes = changesBetween(before, now);
  return { now, environments: marks, since: { step, isKept: false, changes, owner, flags } };
}

test("panning and zooming the page map", async () => {
  const picture = await PicturePage.open("page-map");
  await picture.body(mapBody(1, PAGES));
  await picture.page.waitForTimeout(500);
  await picture.page.screenshot({ path: "test-results/frames-page-map.png" });
  const zoom = await picture.frames(
    WHEEL("#map", 120, "{ deltaY: i % 60 < 30 ? -100 : 100, ctrlKey: true }"),
  );
  print(`page map of ${PAGES} pages and ${ENVIRONMENTS} environments, zoom`, zoom);
  await picture.frames(WHEEL("#map", 40, "{ deltaY: 100, ctrlKey: true }"));
  const far = await picture.frames(WHEEL("#map", 120, "{ deltaY: i < 60 ? 40 : -40 }"));
  print("page map, pan at the smallest size", far);
  await picture.frames(WHEEL("#map", 12, "{ deltaY: -100, ctrlKey: true }"));
  const near = await picture.frames(WHEEL("#map", 120, "{ deltaY: i < 60 ? 40 : -40 }"));
  print("page map, pan where letters are read", near);
  expect(picture.errors).toEqual([]);
  await picture.close();
  for (const times of [zoom, far, near]) expect(times.work.p95).toBeLessThan(MOST_MS);
});

const STOPS = process.env["EXOSCOPE_FULL"] === "1" ? 1000 : 250;
const LEAVE_NOTHING = `${STOPS.toLocaleString("en-US")} stops leave nothing in the page of`;

/** On a loaded machine 1,000 stops take a while. */
const PATIENCE = 600_000;

/** What a page may hold more for each stop, on the average: a leak of one node, one listener or 4 KB at each is found. */
const MOST_LEFT = { heap: 4000, nodes: 0.2, listeners: 0.05 };

async function held(name: string, bodies: readonly unknown[], act: string): Promise<void> {
  const picture = await PicturePage.open(name);
  const stops = async (count: number) => {
    for (let i = 0; i < count; i += 1) {
      await picture.body(bodies[i % bodies.length]);
      await picture.page.evaluate(act);
    }
    await picture.page.waitForTimeout(500);
    return picture.holds();
  };
  const before = await stops(20);
  const after = await stops(STOPS);
  console.log(
    `${name} after ${STOPS} stops: heap ${(before.heap / 1e6).toFixed(1)} to ${(after.heap / 1e6).toFixed(1)} MB, ` +
      `nodes ${before.nodes} to ${after.nodes}, listeners ${before.listeners} to ${after.listeners}`,
  );
  expect(picture.errors).toEqual([]);
  await picture.close();
  for (const what of ["heap", "nodes", "listeners"] as const) {
    expect((after[what] - before[what]) / STOPS, what).toBeLessThan(MOST_LEFT[what]);
  }
}

const FRAME = "new Promise((done) => nextFrame(() => nextFrame(done)))";

test(
  `${LEAVE_NOTHING} the timeline`,
  async () => {
    const bodies = [2000, 2100, 2200].map((events) => ({
      timeline: timelineOf(madeUpRun(events), {}),
      branches: [],
    }));
    await held("timeline", bodies, FRAME);
  },
  PATIENCE,
);

test(
  `${LEAVE_NOTHING} the page map`,
  async () => {
    const bodies = [1, 2, 3].map((stop) => mapBody(stop, 4096));
    await held("page-map", bodies, FRAME);
  },
  PATIENCE,
);

test(
  `${LEAVE_NOTHING} the capability graph`,
  async () => {
    const bodies = [40, 60, 80].map((count) => madeUpCapabilities(count));
    await held("capability-graph", bodies, FRAME);
  },
  PATIENCE,
);
