/** The slice vector, the bindings and the disk's extents as the views draw them: bodies of `exo/...` requests. */
import {
  describeEvent,
  type KernelEvent,
  type KernelView,
  refIndex,
  refSlot,
  rightsText,
  termsText,
} from "#exokernel";
import type { Debuggee } from "../debuggee.ts";
import type {
  BindingItem,
  BindingsBody,
  ExtentItem,
  ExtentsBody,
  FilterItem,
  PredicateItem,
  SlicesBody,
  TlbItem,
} from "../protocol.ts";

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;
const accessText = (rights: number): string => rightsText(rights & 7).slice(0, 3);
/** Of a TLB entry's rights (RIGHT in the emulator): stores go through. */
const DIRTY = 8;

export function slicesBody({ view }: Debuggee): SlicesBody {
  const { slicePosition: position, running } = view;
  const environments = view.environments();
  const slots = sliceSlots(view);
  const waitsFor = new Map(
    environments
      .filter(({ state }) => state === "waiting")
      .map(({ id, waitingOn }) => [id, waitingOn]),
  );
  return {
    step: view.steps,
    position,
    running,
    slices: view.slices().map(({ position: at, owner }) => {
      const slot = slots.get(at);
      const isNow = at === position && owner !== 0 && running !== 0;
      const runner = isNow ? running : endOf(owner, waitsFor);
      return {
        owner,
        ...(slot === undefined ? {} : { slot }),
        ...(runner === owner ? {} : { donatedTo: runner }),
      };
    }),
    accounts: environments
      .filter(({ counters, forfeits }) => counters.excess > 0 || forfeits > 0)
      .map(({ id, counters, forfeits }) => ({
        environment: id,
        excess: counters.excess,
        forfeits,
      })),
  };
}

/** The slot of the owner's capability, by position. */
function sliceSlots(view: KernelView): Map<number, number> {
  const slots = new Map<number, number>();
  for (const id of view.ids()) {
    for (const { kind, isOwner, resource, ref } of view.capabilities(id)) {
      if (kind === "slice" && isOwner) slots.set(resource, refSlot(ref));
    }
  }
  return slots;
}

/** Whom an environment waits for in transfers, and whom that one does, to the end; itself when it does not wait. */
function endOf(id: number, waitsFor: ReadonlyMap<number, number>): number {
  let end = id;
  for (let hops = 0; hops < waitsFor.size; hops += 1) end = waitsFor.get(end) ?? end;
  return end;
}

export function bindingsBody(debuggee: Debuggee): BindingsBody {
  const { view } = debuggee;
  const { tlb } = debuggee.kernel.machine;
  const idAt = (index: number) => debuggee.kernel.core.records.idOf(index);
  const entries = tlb.slots().flatMap((entry, slot): TlbItem[] =>
    entry === undefined
      ? []
      : [
          {
            slot,
            environment: idAt(entry.asid),
            address: hex(entry.vpn * 4096),
            frame: entry.frame,
            rights: accessText(entry.rights),
            dirty: (entry.rights & DIRTY) !== 0,
          },
        ],
  );
  const bindings = view.bindings().map(
    ({
      environmentIndex,
      virtualPage,
      frame,
      rights,
      dirty,
      guaranteed,
      capability,
    }): BindingItem => ({
      environment: idAt(environmentIndex),
      address: hex(virtualPage * 4096),
      frame,
      rights: accessText(rights),
      dirty,
      guaranteed,
      by: { environment: idAt(refIndex(capability)), slot: refSlot(capability) },
      isLoaded: tlb.lookup(environmentIndex, virtualPage) !== undefined,
    }),
  );
  return {
    step: view.steps,
    tlb: { slots: tlb.entryCount, victim: tlb.victim, entries },
    bindings,
    predicates: predicates(view),
    filters: view.filters().map(
      ({ number, owner, capability, terms, age, over, ring }): FilterItem => ({
        filter: number,
        owner,
        slot: refSlot(capability),
        text: termsText(terms),
        age,
        ...(over === 0 ? {} : { over: { environment: idAt(refIndex(over)), slot: refSlot(over) } }),
        received: ring.received,
        dropped: ring.dropped,
        ring: ring.pages.map(({ frame }) => frame),
      }),
    ),
  };
}

const predicates = (view: KernelView): PredicateItem[] =>
  view
    .environments()
    .filter(({ sleepsUntil }) => sleepsUntil.length > 0)
    .map(({ id, sleepsUntil }) => ({
      environment: id,
      products: sleepsUntil,
      reads: view.predicateCapabilities(id).flatMap((ref) => {
        const held = view.capability(ref);
        return held === undefined ? [] : [{ slot: refSlot(ref), frame: held.resource }];
      }),
    }));

export function extentsBody(debuggee: Debuggee): ExtentsBody {
  const { view } = debuggee;
  const { all, free } = view.sectors;
  const writes = lastWrites(view);
  return {
    step: view.steps,
    sectors: all,
    free,
    extents: view.extents().map(({ number, first, count, owner, capability }): ExtentItem => {
      const write = writes.get(number);
      return {
        extent: number,
        first,
        count,
        owner,
        slot: refSlot(capability),
        ...(write === undefined
          ? {}
          : {
              lastWrite: {
                text: describeEvent(write, (id) => debuggee.nameOf(id)),
                event: write.index,
                step: write.step,
              },
            }),
      };
    }),
  };
}

/** The last write that was asked for in each extent since it was allocated, as far as the log goes back. */
function lastWrites(view: KernelView): Map<number, KernelEvent> {
  const writes = new Map<number, KernelEvent>();
  for (const event of view.events(0)) {
    if (event.kind === "extentAllocated") writes.delete(event.extent);
    if (event.kind === "diskRequest" && event.write > 0) writes.set(event.extent, event);
  }
  return writes;
}
