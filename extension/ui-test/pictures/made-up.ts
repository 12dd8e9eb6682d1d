/** States as large as the pictures have to bear: 64 environments, 65,536 pages, 100,000 kernel events. Always the same. */
import type {
  CapabilityItem,
  EnvironmentsBody,
  PageItem,
  PagesBody,
  TimelineArguments,
  TimelineBody,
} from "../../../debug-adapter/protocol.ts";
import type { SpanBuilder } from "../../../debug-adapter/run-spans/spans.ts";
import { rowsWithin } from "../../../debug-adapter/run-spans/timeline-body.ts";
import type { CapabilityGraphBody } from "../../pictures/capability-graph/model.ts";
import { environmentMarks } from "../../pictures/environment-marks.ts";

/** Numbers as if drawn by lot, the same in each run. */
export function lots(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export const ENVIRONMENTS = 64;
export const PAGES = 65_536;
export const EVENTS = 100_000;

const idOf = (index: number): number => 256 + index + 1;

export const environments: EnvironmentsBody["environments"][number]["id"][] = Array.from(
  { length: ENVIRONMENTS },
  (_, i) => idOf(i + 1),
);

type Run = Pick<SpanBuilder, "spans" | "upcalls" | "crossings" | "marks">;

/** A run of so many events: slices, calls, upcalls, disk writes. */
export function madeUpRun(events: number): Run & { readonly last: number } {
  const lot = lots(7);
  const run: Run = { spans: [], upcalls: [], crossings: [], marks: [] };
  let step = 0;
  let event = 0;
  let at = 0;
  while (event < events) {
    const environment = environments[at]!;
    const length = 40 + lot(20) ** 2 * (1 + lot(20));
    const to = step + length;
    const next = lot(3) === 0 ? lot(ENVIRONMENTS) : (at + 1) % ENVIRONMENTS;
    const end = (["E", "E", "Y", "P", "B"] as const)[lot(5)]!;
    const towards = end === "Y" || end === "P" ? environments[next]! : 0;
    run.spans.push({
      environment,
      thread: lot(4) === 0 ? 1 + lot(2) : 0,
      from: step,
      to,
      owner: lot(4) === 0 ? environments[(at + 63) % ENVIRONMENTS]! : environment,
      end,
      towards,
      overtime: 0,
      event,
    });
    event += 2;
    if (end === "E" || lot(3) === 0) {
      run.upcalls.push({
        environment,
        thread: 0,
        from: step + 2,
        to: step + 2 + lot(length - 2),
        depth: 0,
        returned: true,
        name: "slice",
        event,
      });
      event += 2;
    }
    if (towards !== 0) {
      const kind = end === "P" ? "call" : "yield";
      run.crossings.push({ step: to, from: environment, to: towards, kind, event });
      event += 1;
    }
    if (lot(10) === 0) {
      run.marks.push({ step: to - 1, environment, kind: "diskRead", write: 0, event });
      event += 1;
    }
    step = to;
    at = next;
  }
  return { ...run, last: step };
}

/** What the adapter would answer. */
export function timelineOf(
  run: ReturnType<typeof madeUpRun>,
  args: TimelineArguments,
): TimelineBody {
  const { last } = run;
  const from = Math.min(args.from ?? 0, last);
  const to = Math.max(from, Math.min(args.to ?? last, last));
  const resolution = args.resolution ?? (to - from) / 4000;
  const list = args.events;
  return {
    step: last,
    now: { branch: 0, step: last, event: EVENTS },
    branch: 0,
    first: 0,
    last,
    from,
    to,
    resolution,
    firstEvent: 0,
    endEvent: EVENTS,
    lanes: environments.map((environment, i) => ({
      environment,
      index: i + 2,
      name: `program ${i}`,
      isLauncher: false,
      boot: 1,
      born: 0,
      steps: 1,
      threads: [1, 2].map((id) => ({ id, name: `thread ${id}` })),
    })),
    ...rowsWithin(run, from, to, resolution),
    events: Array.from({ length: list?.limit ?? 0 }, (_, i) => {
      const index = (list?.since ?? 0) + i;
      const environment = environments[index % ENVIRONMENTS]!;
      const step = Math.floor((index / EVENTS) * last);
      return { index, step, kind: "sliceBegan", environment, text: `slice ${index} begins` };
    }).filter(({ index }) => index < EVENTS),
  };
}

/** A machine's pages at a stop; each stop is a little different from the one before. */
export function madeUpPages(stop: number, pageCount = PAGES): PagesBody {
  const lot = lots(11);
  const pages: PageItem[] = [];
  for (let frame = 64; frame < pageCount; frame += 1) {
    const kind = lot(8);
    const owner = environments[(lot(4) === 0 ? lot(ENVIRONMENTS) : frame >> 10) % ENVIRONMENTS]!;
    if (kind === 0) continue;
    const isChanged = (frame + stop) % 97 === 0;
    pages.push({
      frame,
      owner: isChanged ? environments[stop % ENVIRONMENTS]! : owner,
      state: "owned",
      slot: 16 + (frame % 200),
      referenced: false,
      dirty: lot(3) === 0,
      ...(kind === 1 ? { pinned: true as const } : {}),
      mappings:
        kind < 4
          ? []
          : [owner, ...(kind === 7 ? [environments[lot(ENVIRONMENTS)]!] : [])].map(
              (environment, i) => ({
                environment,
                address: `0x${(0x400000 + frame * 4096 + i * 0x10000000).toString(16)}`,
                rights: lot(2) === 0 ? "rw-" : "r-x",
                guaranteed: kind === 5,
              }),
            ),
    });
  }
  const free = pageCount - 64 - pages.length;
  return {
    step: 1000 + stop,
    pageCount,
    freeCount: free,
    freeLowWater: free,
    kernelFrames: 64,
    pages,
  };
}

/** So many capabilities of a few holders, with offers, refusals, and some that are new or gone. */
export function madeUpCapabilities(count: number): CapabilityGraphBody {
  const lot = lots(13);
  const few = environments.slice(0, 5);
  const all: CapabilityItem[] = [];
  for (let i = 0; i < count; i += 1) {
    const parent = i > 4 && lot(3) > 0 ? all[lot(Math.min(i, 12))] : undefined;
    const kind = ["page", "slice", "extent", "environment"][lot(4)]!;
    all.push({
      environment: few[i < 5 ? i : lot(few.length)]!,
      slot: i,
      kind: parent?.kind ?? kind,
      rights: parent === undefined ? "rwxgc" : "r--g-",
      resource: parent?.resource ?? i,
      resourceText: parent?.resourceText ?? `${kind} 0x${i.toString(16)}`,
      isOwner: parent === undefined,
      childCount: 0,
      step: i * 10,
      ...(parent === undefined
        ? {}
        : { parent: { environment: parent.environment, slot: parent.slot } }),
      ...(i % 11 === 7 ? { offeredTo: few[lot(few.length)]! } : {}),
    });
  }
  const [gone, capabilities] = [
    all.filter((_, i) => i % 13 === 12),
    all.filter((_, i) => i % 13 < 12),
  ];
  return {
    step: 1000 + count,
    capabilities,
    gone,
    added: capabilities.slice(-4).map(({ environment, slot }) => `${environment}:${slot}`),
    refusals: capabilities
      .filter((_, i) => i % 9 === 4)
      .map(({ environment, slot, step }) => ({
        environment,
        slot,
        step,
        text: "the right is missing",
      })),
    environments: environmentMarks(
      few.map((id, i) => ({ id, index: i + 2, name: `program ${i}`, isLauncher: false })),
    ),
  };
}
