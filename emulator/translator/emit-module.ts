/** Several regions as one module, in which they call each other. */
import type { Breakpoint } from "../breakpoints.ts";
import { type Callee, emit, type LookasidePlaces } from "./emit.ts";
import { moduleOf } from "./module-builder.ts";
import type { Region } from "./region.ts";

export interface EmittedModule {
  readonly bytes: Uint8Array;
  /** Of each function: with fewer steps it does nothing. */
  readonly needs: readonly number[];
}

/** A module with a function for each region, in their order; of a memory of so many pages of WebAssembly's. */
export function emitModule(
  regions: ReadonlyMap<number, Region>,
  places: LookasidePlaces,
  memoryPages: number,
  breakpointsAt: (pc: number) => readonly Breakpoint[],
): EmittedModule {
  const writes = writesWithCallees(regions);
  const indexes = new Map([...regions.keys()].map((pc, i) => [pc, i]));
  const calleeAt = (pc: number): Callee | undefined => {
    const index = indexes.get(pc);
    const block = regions.get(pc)?.blocks.get(pc);
    if (index === undefined || block === undefined) return undefined;
    return { index, vpn: block.vpn, frame: block.frame, writes: writes.get(pc)! };
  };
  const bodies = [...regions.values()].map((region) =>
    emit(region, places, calleeAt, breakpointsAt),
  );
  return { bytes: moduleOf(bodies, memoryPages), needs: bodies.map(({ needs }) => needs) };
}

function writesOf({ blocks }: Region): number {
  let all = 0;
  for (const { writes } of blocks.values()) all |= writes;
  return all;
}

/** The registers that each region, or what it calls, may write. */
function writesWithCallees(regions: ReadonlyMap<number, Region>): Map<number, number> {
  const writes = new Map([...regions].map(([pc, region]) => [pc, writesOf(region)]));
  for (let hasChanged = true; hasChanged; ) {
    hasChanged = false;
    for (const [pc, { callees }] of regions) {
      const before = writes.get(pc)!;
      let all = before;
      for (const callee of callees) all |= writes.get(callee) ?? 0;
      writes.set(pc, all);
      hasChanged ||= all !== before;
    }
  }
  return writes;
}
